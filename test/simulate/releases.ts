import { configOf, newDeploymentState } from '#core/release/state'
import type { DeploymentIdentity } from '#core/release/wire'
import type { ReleaseParts } from '#core/shard/wire'
import { createReleaseCache } from '../../worker/services/runner/release-cache'
import { DOCUMENTS, type SimulatedDocument } from './documents'

export const ORGANIZATION_ID = 'org_simulated'
/** Executions that have not ended by then are not going to. */
const TIMEOUT_MS = 600_000
/** How many releases of a document there are. */
const PINS = [1, 2]

/** Seals nothing: what is tried here does not depend on it. */
export const vault = {
  seal: async (_purpose: string, plaintext: string) => plaintext,
  open: async (_purpose: string, ciphertext: string) => ciphertext,
}

/** A release of a document; what it sends says which one it is. */
export function releaseOf(
  { document, plan }: SimulatedDocument,
  pin: number,
  concurrency: number | null = null,
): ReleaseParts {
  const environment = { variables: { RELEASE: `release-${pin}` }, secrets: {}, masked: {} }
  const { pure, inline } = plan
  const summary = {
    pin,
    releaseId: `rel_${pin}`,
    versionId: `version_${pin}`,
    versionNumber: pin,
    version: `v${pin}`,
    pure,
    inline,
    timeoutMs: TIMEOUT_MS,
    ...(concurrency !== null && { concurrency }),
    endpoint: '{"webhooks":[],"inputSchema":null,"manual":true}',
  }
  return { pin, summary, document, environment: JSON.stringify(environment) }
}

export function identityOf({ ref, name }: SimulatedDocument): DeploymentIdentity {
  return {
    organizationId: ORGANIZATION_ID,
    deploymentId: `deploy_${ref}`,
    ref,
    workflowId: `workflow_${name}`,
    workflowName: name,
    environment: 'production',
    environmentId: 'env_simulated',
    lane: 0,
  }
}

/** Every release, loaded once for all runs: a run must not depend on those before it. */
export const releases = createReleaseCache(vault)
for (const document of DOCUMENTS.values()) {
  const config = configOf(newDeploymentState(identityOf(document)), null)
  for (const pin of PINS) await releases.load(config, releaseOf(document, pin))
}
