import { describe, expect, it } from 'vitest'
import { componentTypes } from '#core/components/registry'
import type { ChatRequest, ChildRequest } from '#core/components/context'
import type { Json } from '#core/kernel/json'
import { jsonBody, openDoor } from '../webhook-door-bench'
import { fakeNetwork, ok, publish, runnerOn } from '../support/run-release'

const CANARY = 'canary-5521-of-expressions'
const TRAP = '{{ secrets.KEY }}'
const TRAPS = {
  text: TRAP,
  inside: `say ${TRAP} twice ${TRAP}`,
  built: '{{ "{{" }} secrets.KEY }}',
  call: '{{ concat([secrets.KEY], [1]) }}',
  deep: { list: [TRAP, { [TRAP]: TRAP }] },
}
const input = '{{ input }}'

/** Each component that can be handed a value hands the trap on; names of stages tell what they are. */
const STAGES: readonly { readonly id: string; readonly component: string; readonly [key: string]: Json }[] = [
  { id: 'copy', component: 'transform', config: { value: input } },
  {
    id: 'again',
    component: 'transform',
    depends_on: ['copy'],
    config: { value: { all: '{{ stages.copy.output }}', text: 'a {{ stages.copy.output.text }}' } },
  },
  {
    id: 'parse',
    component: 'transform',
    depends_on: ['again'],
    config: { value: '{{ from_json(to_json(stages.again.output)).all }}' },
  },
  {
    id: 'say',
    component: 'logger',
    depends_on: ['parse'],
    config: { message: '{{ stages.parse.output.inside }}', fields: '{{ stages.parse.output }}' },
  },
  {
    id: 'run',
    component: 'code',
    depends_on: ['parse'],
    config: { inputs: '{{ stages.parse.output }}', source: 'return { ...inputs, made: "{{ " + "secrets.KEY }}" }' },
  },
  {
    id: 'send',
    component: 'http_request',
    depends_on: ['run'],
    config: {
      url: 'https://a.test/{{ url_encode(input.text) }}',
      method: 'POST',
      headers: { 'X-Trap': '{{ stages.run.output.made }}' },
      query: { q: '{{ input.built }}' },
      body: { from: '{{ stages.run.output }}', text: '{{ input.text }}' },
      retry: { max_attempts: 2, delay_seconds: 0, condition: '{{ output.body.again == input.text }}' },
    },
  },
  {
    id: 'ask',
    component: 'generator',
    depends_on: ['send'],
    config: { model: 'm', prompt: '{{ stages.send.output.body.said }} {{ input.inside }}' },
  },
  {
    id: 'each',
    component: 'foreach',
    depends_on: ['ask'],
    config: { items: '{{ [input.text, stages.ask.output.text] }}', do: ['one'] },
  },
  { id: 'one', component: 'transform', config: { value: 'item {{ item }}' } },
  {
    id: 'choose',
    component: 'switch',
    depends_on: ['copy'],
    config: { value: '{{ input.text }}', cases: [{ when: 'x', then: ['never'] }], default: ['taken'] },
  },
  { id: 'never', component: 'transform', config: { value: 1 } },
  { id: 'taken', component: 'transform', config: { value: '{{ input.text }}' } },
  {
    id: 'if',
    component: 'conditional',
    depends_on: ['copy'],
    config: { condition: "{{ input.text != '' }}", if_true: ['yes'], if_false: [] },
  },
  { id: 'yes', component: 'transform', config: { value: '{{ trigger.query.q }} {{ trigger.headers["x-note"] }}' } },
  {
    id: 'child',
    component: 'workflow',
    depends_on: ['each'],
    config: { workflow: 'other', input: { given: '{{ input.text }}', all: input }, wait: false },
  },
  {
    id: 'fail',
    component: 'transform',
    on_error: 'continue',
    depends_on: ['copy'],
    config: { value: '{{ number(input.text) }}' },
  },
  {
    id: 'why',
    component: 'transform',
    join: 'always',
    depends_on: ['fail'],
    config: { value: '{{ stages.fail.error }}' },
  },
]

describe('an expression that comes with a payload (T-03)', () => {
  it('is never evaluated: not where it arrives, nor in any stage it passes, nor in what they answer', async () => {
    const door = await openDoor()
    await door.call(jsonBody(TRAPS, { 'x-note': TRAP }), `?q=${encodeURIComponent(TRAP)}`)
    const { payload, cause } = door.started[0]!
    const output = {
      given: input,
      chain: '{{ stages.run.output }}',
      each: '{{ stages.each.output.results }}',
      seen: '{{ stages.yes.output }}',
    }
    const release = await publish(
      { name: 'traps', triggers: [{ type: 'webhook' }], stages: [...STAGES], output },
      { secrets: { KEY: CANARY } },
    )
    const network = fakeNetwork()
    network.answer = () => ok({ said: TRAP, again: network.sent.length === 1 ? TRAP : '' })
    const told: (ChatRequest | ChildRequest)[] = []
    const deps = runnerOn(network)
    const seq = await release.start({}, { payload, cause })
    await release.serve({
      ...deps,
      ai: async (request) => {
        told.push(request)
        return { kind: 'answer', text: `${TRAP} ${request.prompt}`, usage: {}, durationMs: 1 }
      },
      startChild: async (_parent, request) => {
        told.push(request)
        return { kind: 'failed', failure: { code: 'workflow_unknown', message: 'none' } }
      },
    })
    const end = await release.end(seq)
    const journal = await release.journal(seq)
    expect(end.error?.code).toBe('workflow_unknown')
    expect(network.sent.map(({ url }) => decodeURIComponent(new URL(url).pathname))).toEqual([`/${TRAP}`, `/${TRAP}`])
    expect(network.sent[0]).toMatchObject({ headers: { 'X-Trap': TRAP }, body: expect.stringContaining(TRAPS.inside) })
    expect(told).toMatchObject([{ prompt: `${TRAP} ${TRAPS.inside}` }, { input: { given: TRAP, all: TRAPS } }])
    const outputOf = (id: string) => journal.find((event) => event.type === 'stage_succeeded' && event.stage === id)
    for (const id of ['copy', 'parse']) expect(outputOf(id)).toMatchObject({ output: TRAPS })
    expect(outputOf('run')).toMatchObject({ output: { ...TRAPS, made: TRAP } })
    expect(outputOf('taken')).toMatchObject({ output: TRAP })
    expect(outputOf('yes')).toMatchObject({ output: `${TRAP} ${TRAP}` })
    expect(JSON.stringify(outputOf('why'))).toContain('number()')
    expect(JSON.stringify([journal, end, network.sent, told])).not.toContain(CANARY)
  })

  it('meets every component that takes values here or where it is tried elsewhere', () => {
    const here = new Set(STAGES.map(({ component }) => component))
    const structural = ['trycatch', 'parallel', 'delay', 'wait_for_signal', 'respond']
    expect(
      componentTypes()
        .filter((type) => !here.has(type))
        .toSorted(),
    ).toEqual(structural.toSorted())
  })
})
