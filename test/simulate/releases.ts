import type { DeploymentConfig } from '#core/model/deployment-config'
import type { ReleaseParts } from '#core/shard/wire'
import { createReleaseCache } from '../../worker/services/runner/release-cache'
import { DOCUMENTS, type SimulatedDocument } from './documents'

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
export function releaseOf({ document, plan }: SimulatedDocument, pin: number): ReleaseParts {
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
    endpoint: '{"webhooks":[],"inputSchema":null,"manual":true}',
  }
  return { pin, summary, document, environment: JSON.stringify(environment) }
}

export function configOf({ ref, name }: SimulatedDocument, releases: readonly ReleaseParts[]): DeploymentConfig {
  return {
    v: 1,
    epoch: 1,
    organizationId: 'org_simulated',
    deploymentId: `deploy_${ref}`,
    ref,
    workflowId: `workflow_${name}`,
    workflowName: name,
    environment: 'production',
    environmentId: 'env_simulated',
    lane: 0,
    status: 'active',
    active: 1,
    shards: 1,
    quota: 1_000,
    releases: releases.map(({ summary }) => summary),
  }
}

/** Every release, loaded once for all runs: a run must not depend on those before it. */
export const releases = createReleaseCache(vault)
for (const document of DOCUMENTS.values()) {
  for (const pin of PINS) await releases.load(configOf(document, []), releaseOf(document, pin))
}
