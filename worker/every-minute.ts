import { sha256Hex } from './adapters/crypto/digest'
import type { MasterKeys } from './adapters/crypto/master-keys'
import { createDeploymentProjection } from './adapters/d1/deployment-projection'
import { createDeploymentSweep } from './adapters/d1/deployment-sweep'
import { createOrganizationSweep } from './adapters/d1/organization-sweep'
import { createStores } from './adapters/d1/stores'
import { createSweepCursor } from './adapters/d1/sweep-cursor'
import { describeError } from './adapters/log/describe-error'
import { report } from './adapters/log/report'
import { createArchiveCleaner } from './adapters/r2/archive-cleaner'
import { poke } from './cron/poke'
import { purge } from './cron/purge'
import { reindex } from './cron/reindex'
import { removeOrganizations } from './cron/remove-organizations'
import { rewrap } from './cron/rewrap'
import type { Deployments } from './ports/deployments'
import type { KeyCustodian } from './ports/key-custodian'
import type { KeyRings } from './ports/key-rings'
import type { OrganizationSlotsHandle } from './ports/organization-slots'
import type { Shards } from './ports/shards'

/** Called every minute, the sweep gets round all deployments in so many calls. */
const POKE_ROUNDS = 15

type Places = {
  readonly DB: D1Database
  readonly BUCKET: R2Bucket
  readonly SLOTS: { getByName(name: string): OrganizationSlotsHandle }
}
type When = { readonly ENVIRONMENT: string; readonly REINDEX_SINCE: string }

type Engine = {
  readonly masters: MasterKeys
  readonly rings: KeyRings
  readonly vault: KeyCustodian
  readonly deployments: Deployments
  readonly shards: Shards
}

/** What the platform's clock calls every minute: one sweep after the other, and one that fails stops no other. */
export function everyMinute({ DB, BUCKET, SLOTS }: Places, settings: When, engine: Engine): () => Promise<void> {
  const { masters, rings, vault: custodian, deployments, shards } = engine
  const sweep = createDeploymentSweep(DB)
  const cleaner = createArchiveCleaner(BUCKET)
  const since = settings.REINDEX_SINCE
  const rewrapping = {
    newest: masters.byVersion.size > 1 ? masters.newest : null,
    rings,
    custodian,
    cursor: createSweepCursor(DB, 'rewrap'),
    report,
  }
  const reindexing = {
    sinceAt: since === '' ? null : Date.parse(since),
    sweep,
    deployments,
    shards,
    cursor: createSweepCursor(DB, `reindex ${since}`),
    report,
  }
  const removing = {
    organizations: createOrganizationSweep(DB),
    storesOf: (organizationId: string) => createStores(DB, { organizationId }),
    projection: createDeploymentProjection(DB),
    digest: sha256Hex,
    deployments,
    custodian,
    rings,
    slotsOf: (organizationId: string) => SLOTS.getByName(`org:${organizationId}`),
    cleaner,
    report,
  }
  const rounds = settings.ENVIRONMENT === 'development' ? 1 : POKE_ROUNDS
  const sweeps = {
    poke: () => poke(sweep, deployments, rounds, report),
    rewrap: () => rewrap(rewrapping),
    reindex: () => reindex(reindexing),
    remove: () => removeOrganizations(removing, Date.now()),
    purge: () => purge({ sweep, deployments, cleaner, report }, Date.now()),
  }
  return async () => {
    for (const [name, run] of Object.entries(sweeps)) {
      await run().catch((error: unknown) => report('sweep_failed', { sweep: name, error: describeError(error) }))
    }
  }
}
