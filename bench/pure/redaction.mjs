import { Workflow } from '#core/definition/document'
import { compilePlan } from '#core/definition/plan'
import { createRedactor } from '#core/engine/redact'
import { runPlan } from '../../test/support/run-plan'

const secrets = Object.fromEntries(
  Array.from({ length: 10 }, (_, i) => [`SECRET_${i}`, `sk-${i}-aB3${'x9Qz'.repeat(7)}+/=\n${i} and more`]),
)
const redact = createRedactor(secrets)

const record = (id) => ({
  id,
  email: `user${id}@example.com`,
  url: `https://api.example.com/v1/users/${id}?expand=orders&sort=asc`,
  note: 'The quick brown fox jumps over the lazy dog, and goes on for a while after that.',
  html: '<p>It&#39;s &amp; fine</p>',
})
const records = Array.from({ length: 4_000 }, (_, id) => record(id))
const text = JSON.stringify(records)

/** Masks a text, or the same as values, `count` times. */
export const redactText = (count) => repeat(count, text.length, () => redact(text))
export const redactValues = (count) => repeat(count, text.length, () => redact(records))

function repeat(count, chars, work) {
  let kept = 0
  for (let n = 0; n < count; n++) if (work() !== null) kept++
  return { kept, chars }
}

const request = (id, after) => ({
  id,
  component: 'http_request',
  depends_on: after,
  config: { url: 'https://api.example.com/orders', method: 'POST', body: { order: '{{ input }}' } },
})
const plan = compilePlan(
  Workflow.parse({
    name: 'three-stages',
    triggers: [{ type: 'manual' }],
    stages: [
      request('fetch', []),
      {
        id: 'shape',
        component: 'transform',
        depends_on: ['fetch'],
        config: { value: '{{ stages.fetch.output.body }}' },
      },
      request('send', ['shape']),
    ],
  }),
)
const world = { input: record(0), http: () => ({ text: JSON.stringify(records.slice(0, 10)) }) }

/** Runs three stages with answers of two kilobytes, without storage and network, and masks nothing. */
export async function runExecutions(count) {
  let events = 0
  for (let n = 0; n < count; n++) events += (await runPlan(plan, world)).events.length
  return { events }
}

/** Masks all that such an execution writes. */
export async function redactExecutions(count) {
  const { events } = await runPlan(plan, world)
  return repeat(count, JSON.stringify(events).length, () => redact(events))
}
