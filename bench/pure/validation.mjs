import { validateWorkflow } from '#core/definition/validate'
import { transforms } from '../documents/chain.mjs'

const document = { name: 'five-hundred', triggers: [{ type: 'manual' }], stages: transforms(500) }

/** Validates a document of 500 stages `count` times. */
export function validateDocuments(count) {
  let issues = 0
  for (let n = 0; n < count; n++) issues += validateWorkflow(document, { mode: 'deploy' }).issues.length
  return { issues }
}
