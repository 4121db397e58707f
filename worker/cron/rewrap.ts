import type { KeyCustodian } from '../ports/key-custodian'
import type { KeyRings } from '../ports/key-rings'
import type { SweepCursor } from '../ports/sweep-cursor'

/** So many rings are looked at in one call, of which each takes a read and a write at most. */
const RINGS_MAX = 200

export type RewrapDeps = {
  /** Null while there is one master key: nothing can be under another. */
  readonly newest: number | null
  readonly rings: Pick<KeyRings, 'owners'>
  readonly custodian: Pick<KeyCustodian, 'rewrap'>
  readonly cursor: SweepCursor
  readonly report: (event: string, facts: Readonly<Record<string, string | number>>) => void
}

/**
 * Puts the data keys of some organizations under the newest master key and remembers how far it got. Called every minute it
 * gets round all of them; one that changed meanwhile is met again in the next round. Answers how many were rewrapped.
 */
export async function rewrap({ newest, rings, custodian, cursor, report }: RewrapDeps): Promise<number> {
  if (newest === null) return 0
  const owners = await rings.owners(await cursor.read(), RINGS_MAX)
  const outcomes = await Promise.allSettled(
    owners.filter(({ master }) => master !== newest).map(({ organizationId }) => custodian.rewrap(organizationId)),
  )
  await cursor.move(owners.length < RINGS_MAX ? '' : (owners.at(-1)?.organizationId ?? ''))
  const count = (word: string) => outcomes.filter((it) => it.status === 'fulfilled' && it.value === word).length
  const rewrapped = count('rewrapped')
  const failed = outcomes.filter(({ status }) => status === 'rejected').length + count('unreadable')
  if (rewrapped + failed > 0) report('keys_rewrapped', { rewrapped, failed, master: newest })
  return rewrapped
}
