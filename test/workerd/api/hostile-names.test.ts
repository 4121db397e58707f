import { beforeAll, describe, expect, test } from 'vitest'
import { isEnded, newPlace, until } from './deploy-document'

/** What was run, opened or believed somewhere because it stood in a name. */
const HOSTILE = [
  '$(id)',
  '`id`',
  '; rm -rf /',
  '| cat /etc/passwd',
  '&& curl evil',
  '${process.env.HOME}',
  '{{ secrets.KEY }}',
  '../../etc/passwd',
  '..\\..\\windows',
  '/absolute',
  'C:\\x',
  "'; DROP TABLE workflows; --",
  '" onload="x',
  '<script>alert(1)</script>',
  '%00',
  '%s%n',
  '-rf',
  '--help',
  'name.js?x#y',
  'émoji 🦊',
  'ｆｕｌｌ',
]
/** What no name may hold, whatever it names. */
const UNPRINTABLE = [
  'two\nlines',
  'two\r\nlines',
  'tab\there',
  'nul\u0000byte',
  'bell\u0007',
  'esc\u001b[31m',
  'del\u007f',
  'turn\u202eed',
  'iso\u2066late',
  'line\u2028separator',
  'half \ud800 letter',
  'x'.repeat(10_240),
]

/** Escaped, because a report is text and some of these are none. */
const shown = (name: string) => JSON.stringify(name.slice(0, 40))

type Place = Awaited<ReturnType<typeof newPlace>>
let place: Place
beforeAll(async () => {
  place = await newPlace()
})

const stage = (more: object = {}) => ({ id: 'a', component: 'code', config: { source: 'return inputs.x' }, ...more })
const triggers = [{ type: 'manual' }]
const sound = { name: 'names', triggers, stages: [stage()] }

/** Fields of a document that name something a program uses: one alphabet for all of them. */
const IDENTIFIERS: Record<string, (name: string) => object> = {
  'a stage': (id) => ({ ...sound, stages: [stage({ id })] }),
  'a dependency': (id) => ({ ...sound, stages: [stage({ depends_on: [id] })] }),
  'a trigger': (id) => ({ ...sound, triggers: [{ type: 'manual', id }] }),
  'a component': (component) => ({ ...sound, stages: [stage({ component })] }),
  'a field of an input': (field) => ({
    ...sound,
    triggers: [{ type: 'manual', inputSchema: { [field]: { type: 'string' } } }],
  }),
  'a secret of code': (name) => ({ ...sound, stages: [stage({ config: { source: 'return 1', secrets: [name] } })] }),
  'a key of a document': (name) => ({ ...sound, [name]: 1 }),
}
/** Names that people read. */
const TITLES: Record<string, (name: string) => object> = {
  'a workflow': (name) => ({ ...sound, name }),
  'a stage': (name) => ({ ...sound, stages: [stage({ name })] }),
  'a tag': (name) => ({ ...sound, tags: [name] }),
}

async function isValid(definition: object): Promise<boolean | null> {
  const answer = await place.client.validateWorkflow({ body: { definition: definition as never } })
  return answer.ok ? answer.body.valid : null
}

describe('a name that holds commands, paths or control characters (T-19)', () => {
  test.each(Object.entries(IDENTIFIERS))('is no name of %s in a document', async (_, documentWith) => {
    for (const name of [...HOSTILE, ...UNPRINTABLE, '']) {
      expect([shown(name), await isValid(documentWith(name))]).toEqual([shown(name), false])
    }
  })

  test('is no name of a variable, secret, signal, version or environment', async () => {
    const { client } = place
    const created = await client.createWorkflow({ body: { definition: { ...sound, name: 'tagged' } } })
    const workflowId = created.ok ? created.body.id : ''
    const production = { params: { name: 'production' } }
    for (const name of [...HOSTILE, ...UNPRINTABLE]) {
      const answers = await Promise.all([
        client.putVariables({ ...production, body: { variables: { [name]: 'x' } } }),
        client.putSecrets({ ...production, body: { secrets: { [name]: 'long enough' } } }),
        client.publishVersion({ params: { id: workflowId }, body: { tag: name } }),
        client.deployWorkflow({ body: { workflowId, environment: name } }),
      ])
      expect([shown(name), ...answers.map(({ ok }) => ok)]).toEqual([shown(name), false, false, false, false])
      for (const answer of answers) expect(answer.status).toBeLessThan(500)
    }
  })

  test.each(Object.entries(TITLES))(
    'of %s is refused where it is not one line of printable text',
    async (_, documentWith) => {
      for (const name of UNPRINTABLE)
        expect([shown(name), await isValid(documentWith(name))]).toEqual([shown(name), false])
      for (const name of HOSTILE) expect([shown(name), await isValid(documentWith(name))]).toEqual([shown(name), true])
    },
  )

  test('is refused alike where the API names something itself', async () => {
    const { client } = place
    for (const name of [...UNPRINTABLE, '', '   ']) {
      const answers = await Promise.all([
        client.createWorkflow({ body: { name, definition: sound } }),
        client.createWorkflow({ body: { definition: { ...sound, name } } }),
        client.createProject({ body: { name } }),
        client.createKey({ body: { name, scopes: ['workflows:read'] } }),
      ])
      expect([shown(name), ...answers.map(({ status }) => status)]).toEqual([shown(name), 422, 422, 422, 422])
    }
  })

  test('that people may give is given back as it is, and its code runs under its stage', async () => {
    const { client } = place
    for (const name of HOSTILE.slice(0, 8)) {
      const named = {
        ...sound,
        name,
        stages: [stage({ name, config: { source: 'return inputs.x', inputs: { x: name.replaceAll('{', '(') } } })],
      }
      const created = await client.createWorkflow({ body: { definition: named } })
      if (!created.ok) throw new Error(JSON.stringify(created.problem))
      expect(created.body.name).toBe(name)
      const deployed = await client.deployWorkflow({ body: { workflowId: created.body.id, environment: 'production' } })
      expect(deployed.ok && 'message' in deployed.body && deployed.body.message).toContain(`"${name}"`)
      const run = await client.runWorkflow({ body: { workflowId: created.body.id, input: {} } })
      const ended = await until(client, run.ok ? run.body.executionId : '', isEnded)
      expect(ended).toMatchObject({ status: 'completed', workflowName: name, output: name.replaceAll('{', '(') })
    }
  })
})
