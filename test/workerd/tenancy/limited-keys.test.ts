import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API } from '#core/contract/api'
import type { Operation } from '#core/contract/operation'
import { newKey } from '../api/support'
import { tells } from './judge'
import { placesOf } from './places'
import { callOf, sendCall } from './stranger'
import { EVERY_SCOPE, newVictim, type Victim } from './victim'

const guarded = Object.entries<Operation>(API).filter(([, { scope }]) => scope !== 'public')
/** Variables and secrets belong to an environment, not to a workflow. */
const OF_ENVIRONMENTS = ['putVariables', 'getVariables', 'putSecrets', 'getSecrets']

let victim: Victim
let keys: Record<'environment' | 'workflow', string>
let tried = 0

beforeAll(async () => {
  victim = await newVictim()
  const created = await victim.client.createWorkflow({ body: { definition: { name: 'other', stages: [] } } })
  keys = {
    environment: await newKey(victim.session, EVERY_SCOPE, { environments: ['staging'] }),
    workflow: await newKey(victim.session, EVERY_SCOPE, { workflowIds: [created.ok ? created.body.id : ''] }),
  }
})
afterAll(() => {
  process.stdout.write(`limited keys: ${guarded.length} operations × 2 limits, ${tried} calls\n`)
})

/** What is live in production, and what ran there: neither the rows of keys nor of the audit, which every call adds to. */
async function live(): Promise<readonly string[]> {
  const lines = await victim.snapshot()
  return lines.filter((line) => /^(deployments|executions|dead_letters|state|release|execution_0|inbox) /.test(line))
}

/** The victim's things by the names they have in calls. */
function own(): Readonly<Record<string, unknown>> {
  const { workflowId, deploymentId, waiting, ids, name } = victim
  return {
    workflowId,
    workflows: workflowId,
    deployments: deploymentId,
    executions: waiting,
    'dead-letters': ids.find((id) => id.startsWith('dl_')),
    keys: ids.find((id) => id.startsWith('key_')),
    environment: 'production',
    environments: 'production',
    definition: { name, triggers: [{ type: 'manual' }], stages: [] },
    revision: 1,
    v: 'v1',
    a: 'v1',
    b: 'v1',
    scopes: ['workflows:read'],
    variables: { STOLEN: 'x' },
    secrets: { STOLEN: 'long enough' },
    items: [{}],
    shards: 4,
  }
}

/** Calls the operation with the victim's things, also with each part of it that could be left out. */
async function callAll(operation: Operation, key: string): Promise<readonly { status: number; text: string }[]> {
  const headers = { authorization: `Bearer ${key}` }
  const environments = placesOf(operation).filter(({ path }) => /environment/i.test(String(path[0])))
  const wishes = [
    { place: { part: 'query' as const, path: ['-'] }, value: '' },
    ...environments.map((place) => ({ place, value: 'production' })),
  ]
  const answers: { status: number; text: string }[] = []
  for (const { place, value } of wishes) {
    answers.push(await sendCall(operation.method, callOf(operation, own(), place, value), headers))
    tried++
  }
  return answers
}

describe('a key that is limited to an environment', () => {
  test.each(guarded)('%s: neither reads nor changes what is live elsewhere (A-20)', async (_, operation) => {
    const before = await live()
    const { deploymentId, waiting, ended } = victim
    for (const { status, text } of await callAll(operation, keys.environment)) {
      expect(status, text).toBeLessThan(500)
      if (status < 300) expect(tells(text, [deploymentId, waiting, ended], ''), text).toBe(false)
    }
    expect(await live()).toEqual(before)
  })
})

describe('a key that is limited to a workflow', () => {
  test.each(guarded.filter(([name]) => !OF_ENVIRONMENTS.includes(name)))(
    '%s: to it the others do not exist (A-20)',
    async (_, operation) => {
      const before = await live()
      for (const { status, text } of await callAll(operation, keys.workflow)) {
        expect(status).toBeLessThan(500)
        if (operation.path.includes('{id}') || 'workflowId' in bodyShape(operation))
          expect(status, text).toBeGreaterThanOrEqual(400)
      }
      expect(await live()).toEqual(before)
    },
  )
})

function bodyShape(operation: Operation): object {
  return (operation.body as unknown as { readonly shape?: object } | undefined)?.shape ?? {}
}
