import { encodeBytes, encodeInteger } from '#core/kernel/crockford'
import type { RandomBytes } from '#core/kernel/id'
import type { Clock, EpochMs } from '#core/kernel/time'
import type { AuditEntry, AuditStore } from '../../ports/audit-store'
import type { RunnerDeps } from './runner-deps'
import type { Job } from './slice-context'

/** Executions one entry names; more get another. */
const EXECUTIONS_MAX = 200
/** Executions that wait for an audit that cannot be reached; beyond them the operators are told instead. */
const WAITING_MAX = 10_000

/** Told of every execution a runner takes up. */
export type SecretAccess = { note(job: Pick<Job, 'work' | 'config' | 'release'>): void }

export type SecretAccessDeps = {
  readonly auditOf: (organizationId: string) => Pick<AuditStore, 'append'>
  readonly clock: Clock
  readonly randomBytes: RandomBytes
  readonly background: (work: Promise<unknown>) => void
  readonly report: RunnerDeps['report']
}

type Opened = { readonly id: string; readonly startedBy: string | null }

/** Executions of one release that its secrets were opened for. */
type Batch = {
  readonly deploymentId: string
  readonly pin: number
  readonly environment: string
  readonly version: string
  readonly secrets: readonly string[]
  readonly at: EpochMs
  readonly executions: Opened[]
}

type Waiting = { readonly batches: Batch[]; isWriting: boolean }

/**
 * Writes into an organization's audit which secrets were opened for which executions, and when. What comes while an entry is
 * being written goes into the next one: a claim is one entry at most, and under load many claims share one. An execution that
 * reads no secret costs nothing, and none waits for the audit.
 */
export function createSecretAccess(deps: SecretAccessDeps): SecretAccess {
  const waiting = new Map<string, Waiting>()

  async function write(organizationId: string, own: Waiting): Promise<void> {
    // After all that a claim takes up in this turn.
    await Promise.resolve()
    const audit = deps.auditOf(organizationId)
    try {
      for (let [batch] = own.batches; batch !== undefined; [batch] = own.batches) {
        const count = Math.min(batch.executions.length, EXECUTIONS_MAX)
        await audit.append(entryOf(deps, batch, batch.executions.slice(0, count)))
        batch.executions.splice(0, count)
        if (batch.executions.length === 0) own.batches.shift()
      }
      waiting.delete(organizationId)
    } catch (error) {
      deps.report('secret_access_unwritten', { organizationId, executions: countOf(own), error: String(error) })
      if (countOf(own) > WAITING_MAX) waiting.delete(organizationId)
    } finally {
      own.isWriting = false
    }
  }

  return {
    note({ work, config, release }) {
      const secrets = Object.keys(release.secrets)
      if (secrets.length === 0) return
      const { organizationId, deploymentId, environment } = config
      const own = waiting.get(organizationId) ?? { batches: [], isWriting: false }
      waiting.set(organizationId, own)
      const { version } = release.summary
      let batch = own.batches.find((one) => one.deploymentId === deploymentId && one.pin === work.pin)
      if (batch === undefined) {
        batch = { deploymentId, pin: work.pin, environment, version, secrets, at: deps.clock(), executions: [] }
        own.batches.push(batch)
      }
      batch.executions.push({ id: work.id, startedBy: work.cause.actor?.id ?? null })
      if (own.isWriting) return
      own.isWriting = true
      deps.background(write(organizationId, own))
    },
  }
}

function entryOf(deps: SecretAccessDeps, batch: Batch, executions: readonly Opened[]): AuditEntry {
  const { deploymentId, environment, version, secrets, at } = batch
  return {
    id: `audit_${encodeInteger(at, 9)}${encodeBytes(deps.randomBytes(10))}`,
    at,
    actor: { id: deploymentId, email: null },
    action: 'secret.opened',
    target: environment,
    detail: { secrets, version, executions },
  }
}

function countOf({ batches }: Waiting): number {
  return batches.reduce((sum, { executions }) => sum + executions.length, 0)
}
