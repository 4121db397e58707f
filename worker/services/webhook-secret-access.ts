import type { DeploymentConfig, ReleaseSummary } from '#core/model/deployment-config'
import type { WebhookEndpoint } from '#core/release/endpoint-spec'
import type { Clock } from '#core/kernel/time'
import type { RandomBytes } from '#core/kernel/id'
import type { AuditStore } from '../ports/audit-store'
import { recordAudit } from './record-audit'

export type OpenedWebhooks = {
  readonly config: Pick<DeploymentConfig, 'organizationId' | 'deploymentId' | 'environment'>
  readonly release: Pick<ReleaseSummary, 'version'>
  readonly webhooks: readonly WebhookEndpoint[]
}

/** Told of every release whose webhooks were opened, with the credentials they are made of. */
export type WebhookSecretAccess = { note(opened: OpenedWebhooks): void }

type Deps = {
  readonly auditOf: (organizationId: string) => AuditStore
  readonly clock: Clock
  readonly randomBytes: RandomBytes
  readonly background: (work: Promise<unknown>) => void
  readonly report: (event: string, facts: Readonly<Record<string, string | number>>) => void
}

/**
 * Writes into an organization's audit which secrets were opened to judge the callers of which webhooks: one entry when a release
 * is opened somewhere, not one for each call. No call waits for it; one that cannot be written is told to the operators.
 */
export function createWebhookSecretAccess({
  auditOf,
  clock,
  randomBytes,
  background,
  report,
}: Deps): WebhookSecretAccess {
  return {
    note({ config, release, webhooks }) {
      const { organizationId, deploymentId, environment } = config
      const guarded = webhooks.filter(({ secretNames }) => secretNames !== undefined)
      const secrets = [...new Set(guarded.flatMap(({ secretNames }) => secretNames ?? []))]
      if (secrets.length === 0) return
      const caller = { actor: { id: deploymentId, email: null } }
      const detail = { secrets, version: release.version, webhooks: guarded.map(({ triggerId }) => triggerId) }
      const context = { clock, randomBytes, caller, stores: { audit: auditOf(organizationId) } }
      const written = recordAudit(context, 'secret.opened', environment, detail)
      background(
        written.catch((error: unknown) =>
          report('secret_access_unwritten', { organizationId, webhooks: guarded.length, error: String(error) }),
        ),
      )
    },
  }
}
