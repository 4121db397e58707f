import { Workflow } from '#core/definition/document'
import type { Json } from '#core/kernel/json'
import { parseExecutionId } from '#core/model/execution-id'
import type { ExecutionRecord } from '#core/shard/wire'
import { requireEnvironment, requireWorkflow, unknown } from './caller'
import { documentText } from './draft-bundle'
import { isSensitive } from './is-sensitive'
import type { ServiceContext } from './service-context'

/** One execution wherever it is kept, with what its deployment says about it. */
export type StoredExecution = {
  readonly record: ExecutionRecord
  readonly ref: string
  readonly shard: number
  readonly organizationId: string
  readonly workflowId: string
  readonly workflowName: string
  readonly deploymentId: string
  readonly environment: string
  readonly version: string
  /** Null only where an old archive does not know it any more. */
  readonly versionId: string | null
  /** The document it runs; read when it is asked for. */
  readonly workflow: () => Promise<Workflow>
  /** Whether that document asks for its readers to be written down. */
  readonly isSensitive: () => Promise<boolean>
}

/** Asks the shard named by the id, then the archive. Another organization's execution does not exist. */
export async function findExecution(ctx: ServiceContext, id: string): Promise<StoredExecution> {
  const address = parseExecutionId(id)
  if (address === null) throw unknown('execution', id)
  const { organizationId } = ctx.stores
  const { ref, shard, seq } = address
  const found = await ctx.shards(ref, shard).read({ organizationId, seq })
  if (found === null) throw unknown('execution', id)
  const stored = 'archived' in found ? await fromArchive(ctx, found.archived, seq) : fromShard(found)
  if (stored === null || stored.record.id !== id) throw unknown('execution', id)
  requireWorkflow(ctx.caller, stored.workflowId, unknown('execution', id))
  requireEnvironment(ctx.caller, stored.environment)
  return { ...stored, ref, shard, organizationId }
}

type Found = Exclude<Awaited<ReturnType<ReturnType<ServiceContext['shards']>['read']>>, null | { archived: string }>
type Partial = Omit<StoredExecution, 'ref' | 'shard' | 'organizationId'>

function fromShard({ record, release, config }: Found): Partial {
  return {
    record,
    workflowId: config.workflowId,
    workflowName: config.workflowName,
    deploymentId: config.deploymentId,
    environment: config.environment,
    version: release.summary.version,
    versionId: release.summary.versionId,
    workflow: async () => Workflow.parse(JSON.parse(release.document)),
    isSensitive: async () => isSensitive(release.document),
  }
}

/** A block keeps no documents: they are in the versions and among the drafts tried out, which stay as long as the workflow. */
async function fromArchive(ctx: ServiceContext, key: string, seq: number): Promise<Partial | null> {
  const archived = await ctx.archive.read(key, seq)
  if (archived === null || archived.summary.organizationId !== ctx.stores.organizationId) return null
  const { record, summary, release } = archived
  return {
    record,
    workflowId: summary.workflowId,
    workflowName: summary.workflowName,
    deploymentId: summary.deploymentId,
    environment: summary.environment,
    version: summary.version,
    versionId: release?.versionId ?? null,
    workflow: async () => {
      const text = release === null ? null : await documentText(ctx, summary.workflowId, release.versionId)
      if (text === null) throw new Error(`The version of ${record.id} is missing`)
      return Workflow.parse(JSON.parse(text) as Json)
    },
    isSensitive: async () => {
      const text = release === null ? null : await documentText(ctx, summary.workflowId, release.versionId)
      return text === null || isSensitive(text)
    },
  }
}
