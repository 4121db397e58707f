import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API } from '#core/contract/api'
import type { Operation } from '#core/contract/operation'
import { madeUp, saying, tells } from './judge'
import { type Place, placesOf } from './places'
import { callOf, newStranger, OPERATIONS, sendCall, type Stranger } from './stranger'
import { newVictim, type Victim } from './victim'

let victim: Victim
let stranger: Stranger
let before: readonly string[]
const counted = { substitutions: 0, leaks: 0 }

beforeAll(async () => {
  victim = await newVictim()
  stranger = await newStranger()
  before = await victim.snapshot()
})
afterAll(() => {
  const { substitutions, leaks } = counted
  process.stdout.write(
    `operations × substitutions: ${substitutions} in ${OPERATIONS.length} operations, leaks ${leaks}\n`,
  )
})

/** Sign-out and what anybody may call are tried as anybody would; what needs a person, as one. */
function credentialsFor(operation: Operation, stranger: Stranger): Readonly<Record<string, string>> {
  if (operation.scope === 'public') return {}
  const isForPeople = ['member', 'owner'].includes(operation.scope) && !operation.path.endsWith('sign-out')
  return isForPeople ? stranger.session : { authorization: `Bearer ${stranger.key}` }
}

/** What is wrong with how one foreign id at one place is answered; null = nothing. */
async function tryOne(operation: Operation, stranger: Stranger, place: Place, id: string): Promise<string | null> {
  const ask = async (value: string) => {
    const answer = await sendCall(
      operation.method,
      callOf(operation, stranger.own, place, value),
      credentialsFor(operation, stranger),
    )
    return { ...answer, said: saying(answer, value) }
  }
  const invented = await ask(madeUp(id))
  const foreign = await ask(id)
  const where = `${place.part} ${place.path.join('/')} = ${id}`
  if (foreign.status >= 500) return `${where}: ${foreign.text}`
  if (tells(foreign.text, victim.words, id)) return `${where} tells ${foreign.text.slice(0, 2_000)}`
  // What succeeds once may not succeed twice: then the answer to a made-up id after it is the measure.
  if (foreign.said === invented.said || foreign.said === (await ask(madeUp(id))).said) return null
  return `${where} answers ${foreign.said} and not ${invented.said}`
}

/** Calls that hash a password take turns, which is slower than one after the other. */
const HASHING = /\/auth\/|second-factor|password|organization$/

async function tryEach(operation: Operation, stranger: Stranger, place: Place): Promise<readonly (string | null)[]> {
  const attempts = victim.ids.map((id) => () => tryOne(operation, stranger, place, id))
  if (!HASHING.test(operation.path)) return Promise.all(attempts.map((attempt) => attempt()))
  const answers: (string | null)[] = []
  for (const attempt of attempts) answers.push(await attempt())
  return answers
}

describe('every operation with what belongs to another organization (A-20, T-23, T-28)', () => {
  test.each(OPERATIONS)(
    '%s: no id of theirs, anywhere in a call, is told from one nobody has',
    async (_, operation) => {
      const wrong: string[] = []
      for (const place of placesOf(operation)) {
        const answers = await tryEach(operation, stranger, place)
        counted.substitutions += victim.ids.length
        if (answers.every((answer) => answer === null)) continue
        // The stranger may have called something of its own like that: one who has not is asked to confirm.
        const innocent = await newStranger()
        for (const id of victim.ids.filter((_, i) => answers[i] !== null)) {
          const answer = await tryOne(operation, innocent, place, id)
          if (answer !== null) wrong.push(answer)
        }
      }
      const headers = { ...credentialsFor(operation, stranger), 'x-organization-id': victim.organizationId }
      if (operation.scope !== 'public') {
        const first = placesOf(operation)[0] ?? { part: 'query', path: ['none'] }
        const claimed = await sendCall(operation.method, callOf(operation, stranger.own, first, 'x'), headers)
        counted.substitutions++
        if (!claimed.text.includes('organization_mismatch')) wrong.push(`the header is answered ${claimed.text}`)
      }
      counted.leaks += wrong.length
      expect(wrong).toEqual([])
      const after = await victim.snapshot()
      expect(after.filter((line) => !before.includes(line))).toEqual([])
      expect(after).toHaveLength(before.length)
    },
  )

  test('its judge is awake: with a key of theirs the same calls tell their words', async () => {
    const { key, words, workflowId, ended, deploymentId } = victim
    for (const [name, id] of [
      ['getWorkflow', workflowId],
      ['getTrace', ended],
      ['getDeployment', deploymentId],
    ] as const) {
      const operation: Operation = API[name]
      const call = callOf(operation, stranger.own, { part: 'params', path: ['id'] }, id)
      const answer = await sendCall(operation.method, call, { authorization: `Bearer ${key}` })
      expect(tells(answer.text, words, id)).toBe(true)
    }
  })
})
