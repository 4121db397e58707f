import type { Page, PageQuery } from '#core/contract/page'
import type { Workflow } from '#core/definition/document'
import { compilePlan } from '#core/definition/plan'
import { canonicalJson } from '#core/kernel/canonical-json'
import { newId } from '#core/kernel/id'
import type { Json } from '#core/kernel/json'
import type { VersionRow } from '../ports/version-store'
import type { WorkflowRow } from '../ports/workflow-store'
import { AppError } from './app-error'
import { judgeDocument } from './judge-document'
import { isSensitive } from './is-sensitive'
import { recordAudit } from './record-audit'
import { recordRead } from './record-read'
import { requireUsableTag } from './require-usable-tag'
import type { ServiceContext } from './service-context'
import { findWorkflow } from './workflows'

export type VersionNotes = {
  readonly tag?: string | undefined
  readonly releaseNotes?: string | null | undefined
  readonly gitCommit?: string | null | undefined
}

/** The word people use for a version: its tag, else `v<number>`. */
export function versionName(row: Pick<VersionRow, 'tag' | 'number'>): string {
  return row.tag ?? `v${row.number}`
}

/** Makes an immutable version of the draft. Refuses a document with errors, all of them named. */
export async function publishVersion(
  ctx: ServiceContext,
  workflowId: string,
  notes: VersionNotes,
): Promise<VersionRow> {
  return publishDraft(ctx, await findWorkflow(ctx, workflowId), notes)
}

/** As publishVersion; with `unlessSame` the version that has the same content already, whoever made it a moment ago. */
export async function publishDraft(
  ctx: ServiceContext,
  workflow: WorkflowRow,
  notes: VersionNotes,
  { unlessSame = false } = {},
): Promise<VersionRow> {
  const document = JSON.parse(workflow.definition) as Json
  const judged = judgeDocument(document, 'deploy')
  if (judged.workflow === null) {
    throw new AppError('definition_invalid', { detail: firstError(judged.issues), issues: judged.issues })
  }
  if (notes.tag !== undefined) requireUsableTag(notes.tag, '/tag')
  const at = ctx.clock()
  const fresh = {
    id: newId('version', at, ctx.randomBytes),
    workflowId: workflow.id,
    tag: notes.tag ?? null,
    digest: digestOf(ctx, judged.workflow),
    definition: workflow.definition,
    needs: compilePlan(judged.workflow).needs,
    releaseNotes: notes.releaseNotes ?? null,
    gitCommit: notes.gitCommit ?? null,
    createdAt: at,
    createdBy: ctx.caller.actor,
  }
  const row = await ctx.stores.versions.insert(fresh, { unlessSame })
  if (row === null) {
    const same = unlessSame ? await ctx.stores.versions.findByDigest(workflow.id, fresh.digest) : null
    if (same !== null) return same
    throw new AppError('tag_taken', { detail: `'${notes.tag}' names another version of this workflow.` })
  }
  await recordAudit(ctx, 'version.published', row.id, { version: versionName(row), digest: row.digest })
  return row
}

/** `sha256:` of the normalised document: neither the order of keys nor a default written out makes another version. */
export function digestOf(ctx: Pick<ServiceContext, 'digest'>, workflow: Workflow): string {
  return `sha256:${ctx.digest(canonicalJson(workflow as unknown as Json))}`
}

export async function listVersions(
  ctx: ServiceContext,
  workflowId: string,
  query: PageQuery,
): Promise<Page<VersionRow>> {
  await findWorkflow(ctx, workflowId)
  return ctx.stores.versions.list(workflowId, query)
}

/** A version by id, tag, `v3` or `3`; null when there is none. A tag wins over a number written without v. */
export async function lookUpVersion(
  ctx: ServiceContext,
  workflowId: string,
  reference: string | number,
): Promise<VersionRow | null> {
  const { versions } = ctx.stores
  if (typeof reference === 'number') return versions.findByNumber(workflowId, reference)
  if (reference.startsWith('version_')) return versions.findById(workflowId, reference)
  const numbered = /^v([1-9]\d{0,8})$/.exec(reference)
  if (numbered !== null) return versions.findByNumber(workflowId, Number(numbered[1]))
  const tagged = await versions.findByTag(workflowId, reference)
  if (tagged !== null || !/^[1-9]\d{0,8}$/.test(reference)) return tagged
  return versions.findByNumber(workflowId, Number(reference))
}

export async function findVersion(
  ctx: ServiceContext,
  workflowId: string,
  reference: string | number,
): Promise<VersionRow> {
  await findWorkflow(ctx, workflowId)
  const row = await lookUpVersion(ctx, workflowId, reference)
  if (row === null) throw versionUnknown(reference)
  return row
}

/** A version for somebody to look at; of a sensitive workflow that is written down. */
export async function readVersion(ctx: ServiceContext, workflowId: string, reference: string): Promise<VersionRow> {
  const row = await findVersion(ctx, workflowId, reference)
  if (isSensitive(row.definition)) await recordRead(ctx, 'workflow.read', workflowId, { version: versionName(row) })
  return row
}

export function versionUnknown(reference: string | number): AppError {
  return new AppError('version_unknown', { detail: `The workflow has no version '${reference}'.` })
}

function firstError(issues: readonly { readonly severity: string; readonly message: string }[]): string {
  return issues.find((issue) => issue.severity === 'error')?.message ?? ''
}
