import { describe, expect, it } from 'vitest'
import type { Trigger, Workflow } from '#core/definition/document'
import { EndpointSpec } from '#core/release/endpoint-spec'
import { TriggerDocument } from '#core/triggers/registry'
import { resolveEndpoint } from '../../../worker/services/resolve-endpoint'
import { schedulesOf } from '../../../worker/services/schedules-of'

/** As a validated document holds it: with every default filled in. */
const triggerOf = ({ id, ...written }: Record<string, unknown> & { id: string }): Trigger => ({
  ...TriggerDocument.parse(written),
  id,
})
const workflowWith = (...triggers: Trigger[]): Workflow => ({
  name: 'orders',
  description: null,
  environment: null,
  triggers,
  stages: [],
  settings: { timeout_ms: 1_000, concurrency: null, retention_days: null },
})
const webhook = (authentication: Record<string, string>, id = 'webhook') =>
  triggerOf({ id, type: 'webhook', authentication })
const environment = { vars: { key: 'k-1', empty: '', port: 8080, list: [1] }, secrets: { hook: 's-1' } }
const resolved = (authentication: Record<string, string>) =>
  resolveEndpoint(workflowWith(webhook(authentication)), environment).webhooks[0]!.authentication

describe('the credentials of a webhook in its environment', () => {
  it.for([
    [{ type: 'none' }, { type: 'none' }],
    [
      { type: 'api_key', key: '{{ vars.key }}' },
      { type: 'api_key', header: 'X-API-Key', key: 'k-1' },
    ],
    [
      { type: 'bearer', token: 'a-{{ secrets.hook }}' },
      { type: 'bearer', token: 'a-s-1' },
    ],
    [
      { type: 'bearer', token: '{{ vars.port }}' },
      { type: 'bearer', token: '8080' },
    ],
    [
      { type: 'hmac', secret: '{{ secrets.hook }}' },
      { type: 'hmac', algorithm: 'sha256', header: 'X-Signature', secret: 's-1', encoding: 'any' },
    ],
    [
      { type: 'hmac', secret: 's', algorithm: 'sha512', encoding: 'base64', prefix: '', header: 'X-S' },
      { type: 'hmac', algorithm: 'sha512', header: 'X-S', secret: 's', encoding: 'base64', prefix: '' },
    ],
  ] as const)('%o becomes %o', ([written, expected]) => {
    expect(resolved(written)).toEqual(expected)
  })

  it.for([
    '{{ vars.missing }}',
    '{{ secrets.missing }}',
    '{{ vars.Key }}',
    '{{ vars.empty }}',
    '{{ vars.list }}',
    '{{ vars.__proto__ }}',
    '{{ vars.constructor }}',
    '{{ input.key }}',
    '{{ vars.key',
  ])('"%s" is no credential: the door stays closed (W-06)', (key) => {
    expect(resolved({ type: 'api_key', key })).toMatchObject({ type: 'unusable' })
  })
})

describe('the address of a webhook', () => {
  const none = { type: 'none' }

  it('stays with its trigger over releases, and is never given to another one', () => {
    const first = resolveEndpoint(workflowWith(webhook(none, 'a'), webhook(none, 'b')), environment).webhooks
    const second = resolveEndpoint(workflowWith(webhook(none, 'c'), webhook(none, 'b')), environment, first).webhooks
    expect(second.map(({ triggerId, slot }) => [triggerId, slot])).toEqual([
      ['c', 2],
      ['b', 1],
    ])
    const third = resolveEndpoint(workflowWith(webhook(none, 'd'), webhook(none, 'a')), environment, [
      ...first,
      ...second,
    ])
    expect(third.webhooks.map(({ triggerId, slot }) => [triggerId, slot])).toEqual([
      ['d', 3],
      ['a', 0],
    ])
  })
})

it('an endpoint survives its storage form, with the manual schema as written', () => {
  const inputSchema = { customerId: { type: 'string', required: true } }
  const spec = resolveEndpoint(
    workflowWith(triggerOf({ id: 'manual', type: 'manual', inputSchema }), webhook({ type: 'none' })),
    environment,
  )
  expect(EndpointSpec.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec)
  expect(spec).toMatchObject({ manual: true, inputSchema })
  expect(resolveEndpoint(workflowWith(), environment)).toEqual({ webhooks: [], manual: false, inputSchema: null })
})

it('a schedule keeps its exact payload, zone and purpose (S33)', () => {
  const trigger = {
    id: 'nightly',
    type: 'schedule',
    cron: '0 2 * * *',
    payload: { a: [1] },
    metadata: { description: 'why' },
  }
  expect(schedulesOf(workflowWith(triggerOf(trigger), webhook({ type: 'none' })))).toEqual([
    {
      triggerId: 'nightly',
      cron: '0 2 * * *',
      timezone: 'UTC',
      enabled: true,
      description: 'why',
      payload: '{"a":[1]}',
    },
  ])
})

it.for([
  [{ responseMode: 'lastNode' }, 30_000],
  [{ responseMode: 'lastNode', timeout: 1_000 }, 1_000],
  [{ responseMode: 'immediate', timeout: 300_000 }, 300_000],
  [{ responseMode: 'immediate' }, null],
] as const)(
  'the executions of a webhook with %o end after %s ms; null leaves it to the workflow (S20)',
  ([written, limit]) => {
    const trigger = triggerOf({ id: 'webhook', type: 'webhook', ...written })
    expect(resolveEndpoint(workflowWith(trigger), environment).webhooks[0]!.timeoutMs).toBe(limit)
  },
)
