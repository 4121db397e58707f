// The pure parts of the core on the runtime they run on: POST /expressions/1000 does that many and says nothing of time,
// because the runtime's clock stands still meanwhile; the caller's does not.
import { DurableObject } from 'cloudflare:workers'
import { evaluateExpressions } from './expressions.mjs'
import { computeNextFires } from './next-fires.mjs'
import { redactExecutions, redactText, redactValues, runExecutions } from './redaction.mjs'
import { validateDocuments } from './validation.mjs'

export class ExecutionShard extends DurableObject {}
export class DeploymentObject extends DurableObject {}
export class OrganizationSlots extends DurableObject {}

const work = {
  expressions: evaluateExpressions,
  validation: validateDocuments,
  'next-fires': computeNextFires,
  'redact-text': redactText,
  'redact-values': redactValues,
  'redact-executions': redactExecutions,
  'run-executions': runExecutions,
}

// oxlint-disable-next-line import/no-default-export -- the platform asks for one
export default {
  async fetch(request) {
    const [, name, count] = new URL(request.url).pathname.split('/')
    return Response.json(name === 'health' ? { status: 'ok' } : await work[name](Number(count)))
  },
  queue: () => undefined,
}
