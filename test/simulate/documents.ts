import { Workflow } from '#core/definition/document'
import { compilePlan, type Plan } from '#core/definition/plan'
import type { Json } from '#core/kernel/json'

function post(id: string, dependsOn: readonly string[] = [], config: Readonly<Record<string, Json>> = {}): Json {
  const body = { execution: '{{ execution.id }}', release: '{{ vars.RELEASE }}' }
  const request = { url: `https://sink.example.com/${id}`, method: 'POST', body, timeout: 8_000, ...config }
  return { id, component: 'http_request', depends_on: [...dependsOn], config: request }
}

function stage(id: string, component: string, config: Json, dependsOn: readonly string[] = []): Json {
  return { id, component, depends_on: [...dependsOn], config }
}

const retry = { max_attempts: 3, delay_seconds: 1, condition: '{{ output.status_code != 200 }}' }
const slowRetry = { max_attempts: 3, delay_seconds: 40, condition: '{{ output.status_code != 200 }}' }

/** What the simulated organizations run: one document for every way in which an execution can go. */
const STAGES: Readonly<Record<string, readonly Json[]>> = {
  chain: [post('first'), post('second', ['first']), post('third', ['second'])],
  choice: [
    stage('look', 'http_request', { url: 'https://sink.example.com/look', timeout: 8_000 }),
    stage('is-there', 'conditional', { condition: true, if_true: ['take'], if_false: ['order'] }, ['look']),
    post('take'),
    post('order'),
  ],
  catching: [
    stage('guard', 'trycatch', { try: ['risky'], catch: ['undo'], finally: ['tidy'] }),
    post('risky', [], { retry: { max_attempts: 1 } }),
    post('undo'),
    post('tidy'),
    post('after', ['guard']),
  ],
  branches: [
    stage('both', 'parallel', { branches: [['left', 'far-left'], ['right']], on_error: 'collect' }),
    post('left'),
    post('far-left', ['left']),
    post('right'),
    post('after', ['both']),
  ],
  items: [
    stage('each', 'foreach', { items: [1, 2, 3, 4, 5], do: ['charge'], max_concurrency: 2, on_error: 'collect' }),
    post('charge', [], { body: { release: '{{ vars.RELEASE }}', item: '{{ item }}' } }),
    post('after', ['each']),
  ],
  pause: [post('before'), stage('rest', 'delay', { seconds: 45 }, ['before']), post('after', ['rest'])],
  signal: [
    post('ask'),
    stage('answer', 'wait_for_signal', { signal: 'go', timeout_seconds: 60, default: { choice: 'no' } }, ['ask']),
    post('after', ['answer'], {
      body: { release: '{{ vars.RELEASE }}', choice: "{{ stages['answer'].output.choice }}" },
    }),
  ],
  retries: [post('shaky', [], { retry }), post('slow', ['shaky'], { retry: slowRetry }), post('after', ['slow'])],
  once: [
    post('pay', [], { at_most_once: true }),
    post('ship', ['pay'], { at_most_once: true }),
    post('tell', ['ship']),
  ],
  pure: [
    stage('sum', 'transform', { value: '{{ 1 + 1 }}' }),
    stage('is-two', 'conditional', { condition: '{{ stages.sum.output == 2 }}', if_true: ['yes'], if_false: ['no'] }, [
      'sum',
    ]),
    stage('yes', 'logger', { message: 'two' }),
    stage('no', 'logger', { message: 'not two' }),
  ],
  early: [post('first'), stage('reply', 'respond', { status: 202, body: 'soon' }, ['first']), post('after', ['reply'])],
  parent: [
    post('before'),
    stage('child', 'workflow', { workflow: 'chain' }, ['before']),
    post('after', ['child'], { body: { release: '{{ vars.RELEASE }}', child: '{{ stages.child.output != 0 }}' } }),
  ],
}

export type SimulatedDocument = {
  readonly name: string
  /** What its deployment is found under; 13 characters. */
  readonly ref: string
  readonly document: string
  readonly plan: Plan
}

/** By name. Compiled once: the code under test keeps no state in a plan. */
export const DOCUMENTS: ReadonlyMap<string, SimulatedDocument> = new Map(
  Object.entries(STAGES).map(([name, stages], index) => {
    const workflow = Workflow.parse({ name, stages: [...stages] })
    const ref = `s${String(index).padStart(12, '0')}`
    return [name, { name, ref, document: JSON.stringify(workflow), plan: compilePlan(workflow) }]
  }),
)
