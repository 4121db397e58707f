import type { Workflow } from '#core/definition/document'
import type { ServiceContext } from './service-context'
import { digestOf } from './versions'

/** What takes the place of a version's id where a document was only tried out. */
const PREFIX = 'draft_'

type Owner = { readonly organizationId: string; readonly workflowId: string }

/** Everything tried out of a workflow lies under this key. */
export function draftsPrefix({ organizationId, workflowId }: Owner): string {
  return `d/${organizationId}/${workflowId}/`
}

/** Keeps a document that is no version, so that what ran on it can be read later. The same document is kept once. */
export async function keepDraft(ctx: ServiceContext, workflowId: string, workflow: Workflow): Promise<string> {
  const id = PREFIX + digestOf(ctx, workflow).slice('sha256:'.length, 'sha256:'.length + 32)
  const { organizationId } = ctx.stores
  await ctx.outputs.put(draftsPrefix({ organizationId, workflowId }) + id, [JSON.stringify(workflow)])
  return id
}

/** The text of what an execution ran on: a version of the workflow or a document that was tried out. Null when it is gone. */
export async function documentText(ctx: ServiceContext, workflowId: string, versionId: string): Promise<string | null> {
  if (!versionId.startsWith(PREFIX))
    return (await ctx.stores.versions.findById(workflowId, versionId))?.definition ?? null
  const { organizationId } = ctx.stores
  return ctx.outputs.get(draftsPrefix({ organizationId, workflowId }) + versionId)
}
