import type { StageStatus } from '#core/model/stage-status'
import type { PlacedStage } from './order-stages.ts'

type Iterated = { readonly address: string; readonly status: StageStatus }

/** A row of the timeline: a stage, or how many items of the foreach at the address `loop` are folded away. */
export type TimelineItem<S> =
  | { readonly kind: 'stage'; readonly stage: S; readonly depth: number }
  | { readonly kind: 'folded'; readonly loop: string; readonly items: number; readonly depth: number }

/** Items of one foreach that are shown before anybody asks for more; those that failed come first. */
const SHOWN_FIRST = 10

/** The items an address lies in, as what the addresses of their stages begin with; outermost first. */
function itemsAround(address: string): readonly string[] {
  const items: string[] = []
  for (let at = address.indexOf('/'); at !== -1; at = address.indexOf('/', at + 1)) items.push(address.slice(0, at + 1))
  return items
}

const loopOf = (item: string) => item.replace(/\[\d+\]\/$/, '')

/** The items of every foreach, those in which something failed before the others. */
function rankItems(stages: readonly Iterated[]): ReadonlyMap<string, readonly string[]> {
  const hasFailed = new Map<string, boolean>()
  for (const { address, status } of stages)
    for (const item of itemsAround(address)) hasFailed.set(item, hasFailed.get(item) === true || status === 'failed')
  const loops = new Map<string, string[]>()
  const ranked = [...hasFailed].toSorted(([, a], [, b]) => Number(b) - Number(a))
  for (const [item] of ranked) {
    const known = loops.get(loopOf(item))
    if (known === undefined) loops.set(loopOf(item), [item])
    else known.push(item)
  }
  return loops
}

/** The rows of a timeline: of each foreach that is not `unfolded` a few items, and behind them how many more there are. */
export function timelineItems<S extends Iterated>(
  placed: readonly PlacedStage<S>[],
  unfolded: ReadonlySet<string>,
): readonly TimelineItem<S>[] {
  const folded = [...rankItems(placed.map(({ stage }) => stage))]
    .filter(([loop]) => !unfolded.has(loop))
    .map(([loop, items]) => ({ loop, hidden: items.slice(SHOWN_FIRST) }))
    .filter(({ hidden }) => hidden.length > 0)
  const hidden = new Set(folded.flatMap((one) => one.hidden))
  const isHidden = (address: string) => itemsAround(address).some((item) => hidden.has(item))
  return placed.flatMap(({ stage, depth }, at): TimelineItem<S>[] => {
    const ends = folded.filter(({ loop }) => {
      const within = (address: string | undefined) => address?.startsWith(`${loop}[`) === true
      return within(stage.address) && !within(placed[at + 1]?.stage.address) && !isHidden(loop)
    })
    return [
      ...(isHidden(stage.address) ? [] : [{ kind: 'stage' as const, stage, depth }]),
      ...ends.map(({ loop, hidden: items }) => ({ kind: 'folded' as const, loop, items: items.length, depth })),
    ]
  })
}
