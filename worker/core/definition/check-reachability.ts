import type { Issue } from '../model/issue'
import type { DraftStage } from './draft-stage'
import type { Graph } from './graph'
import { errorAt, warningAt } from './issue-at'

/** What must have been chosen for a stage to run: for each branch, which of its lists. */
type Choices = ReadonlyMap<string, ReadonlySet<string>>
type Verdict = {
  readonly never: 'disabled' | 'contradiction' | null
  readonly because: string
  readonly choices: Choices
}

function merge(all: readonly Choices[]): { choices: Choices; torn: string | null } {
  const choices = new Map<string, ReadonlySet<string>>()
  let torn: string | null = null
  for (const one of all) {
    for (const [branch, lists] of one) {
      const known = choices.get(branch)
      const common = known === undefined ? lists : new Set([...known].filter((list) => lists.has(list)))
      if (common.size === 0) torn = branch
      choices.set(branch, common)
    }
  }
  return { choices, torn }
}

/** Judges one stage by those before it, which are judged already. */
function judge(stage: DraftStage, graph: Graph, verdicts: ReadonlyMap<string, Verdict>): Verdict {
  const nothing: Choices = new Map()
  if (!stage.enabled) return { never: 'disabled', because: stage.id, choices: nothing }
  const container = graph.containerOf.get(stage.id)
  const chooser = graph.chooserOf.get(stage.id)
  const needed = [container?.id, chooser?.id].flatMap((id) => verdicts.get(id ?? '') ?? [])
  const dependencies = stage.dependsOn.flatMap(({ id }) => verdicts.get(id) ?? [])
  if (stage.join === 'all') needed.push(...dependencies)
  const dead = needed.find(({ never }) => never !== null)
  if (dead !== undefined) return { never: dead.never, because: dead.because, choices: nothing }
  if (stage.join === 'any' && dependencies.length > 0 && dependencies.length === stage.dependsOn.length) {
    const last = dependencies.every(({ never }) => never !== null) ? dependencies.at(-1) : undefined
    if (last !== undefined) return { never: last.never, because: last.because, choices: nothing }
  }
  const own = chooser === undefined ? [] : [new Map([[chooser.id, new Set(chooser.lists)]])]
  const { choices, torn } = merge([...needed.map(({ choices: inherited }) => inherited), ...own])
  return { never: torn === null ? null : 'contradiction', because: torn ?? '', choices }
}

/** Stages that can never run: behind a disabled one (a warning), or behind two lists of a branch that takes one of them. */
export function checkReachability(stages: readonly DraftStage[], graph: Graph): readonly Issue[] {
  const byId = new Map(stages.toReversed().map((stage) => [stage.id, stage]))
  const verdicts = new Map<string, Verdict>()
  return graph.order.flatMap((id) => {
    const stage = byId.get(id)
    if (stage === undefined) return []
    const inherited = [...stage.dependsOn.map((dependency) => dependency.id), graph.chooserOf.get(id)?.id ?? '']
    const known = inherited.some((other) => verdicts.get(other)?.never === 'contradiction')
    const verdict = judge(stage, graph, verdicts)
    verdicts.set(id, verdict)
    if (verdict.never === null || verdict.because === id) return []
    if (verdict.never === 'disabled') {
      return [warningAt('unreachable_stage', stage.path, `“${id}” never runs: “${verdict.because}” is disabled`)]
    }
    if (known) return []
    const message = `“${id}” never runs: it needs both ways out of “${verdict.because}”, which takes one`
    return [errorAt('unreachable_stage', stage.path, message, 'Write join: any to go on after either.')]
  })
}
