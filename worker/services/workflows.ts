import { newId } from '#core/kernel/id'
import { isJsonObject, type Json } from '#core/kernel/json'
import { nameShape } from '#core/contract/name-shape'
import type { Page } from '#core/contract/page'
import { LIMITS } from '#core/model/limits'
import type { Issue } from '#core/model/issue'
import type { WorkflowQuery, WorkflowRow, WorkflowSummaryRow } from '../ports/workflow-store'
import { AppError } from './app-error'
import { requireWorkflow, unknown } from './caller'
import { type DocumentBody, judgeDocument, readDocument } from './judge-document'
import { chooseProject } from './projects'
import { isSensitive } from './is-sensitive'
import { recordAudit } from './record-audit'
import { recordRead } from './record-read'
import type { ServiceContext } from './service-context'

/** A workflow with its draft and what is wrong with it. */
export type WorkflowView = { readonly row: WorkflowRow; readonly definition: Json; readonly issues: readonly Issue[] }

export type WorkflowWish = DocumentBody & {
  readonly name?: string | undefined
  readonly description?: string | null | undefined
  readonly tags?: readonly string[] | undefined
  readonly projectId?: string | undefined
}

/** Creates a workflow; its draft may be invalid, but it is JSON and it has a name. */
export async function createWorkflow(ctx: ServiceContext, wish: WorkflowWish): Promise<WorkflowView> {
  if (ctx.caller.via.kind === 'key' && ctx.caller.workflowIds !== null) {
    throw new AppError('missing_scope', { detail: 'This key is made for some workflows and cannot create others.' })
  }
  const project = await chooseProject(ctx, wish.projectId)
  const definition = readDraft(wish)
  const at = ctx.clock()
  const row: WorkflowRow = {
    id: newId('workflow', at, ctx.randomBytes),
    name: wish.name ?? nameOf(definition),
    description: wish.description ?? textOf(definition, 'description'),
    status: 'draft',
    revision: 1,
    definition: JSON.stringify(definition),
    tags: wish.tags ?? [],
    visibility: 'private',
    projectId: project.id,
    createdAt: at,
    updatedAt: at,
    createdBy: ctx.caller.actor,
  }
  if (!(await ctx.stores.workflows.insert(row))) throw nameTaken(row.name)
  await recordAudit(ctx, 'workflow.created', row.id, { name: row.name })
  return view(row)
}

/** Saves the draft on top of the revision it was read at. */
export async function saveWorkflow(
  ctx: ServiceContext,
  id: string,
  wish: WorkflowWish & { readonly revision: number },
): Promise<WorkflowView> {
  requireWorkflow(ctx.caller, id)
  if (wish.projectId !== undefined) await chooseProject(ctx, wish.projectId)
  const definition = readDraft(wish)
  const outcome = await ctx.stores.workflows.save(id, {
    expectRevision: wish.revision,
    definition: JSON.stringify(definition),
    at: ctx.clock(),
    ...(wish.name === undefined ? {} : { name: wish.name }),
    ...(wish.description === undefined ? {} : { description: wish.description }),
    ...(wish.tags === undefined ? {} : { tags: wish.tags }),
    ...(wish.projectId === undefined ? {} : { projectId: wish.projectId }),
  })
  switch (outcome.kind) {
    case 'saved':
      await recordAudit(ctx, 'workflow.saved', id, {
        revision: outcome.row.revision,
        sensitive: isSensitive(outcome.row.definition),
        ...(wish.projectId === undefined ? {} : { projectId: wish.projectId }),
      })
      return view(outcome.row)
    case 'stale':
      throw new AppError('revision_conflict', {
        detail: `The draft is at revision ${outcome.currentRevision}, not ${wish.revision}.`,
        extra: { currentRevision: outcome.currentRevision },
      })
    case 'name_taken':
      throw nameTaken(wish.name ?? '')
    case 'unknown':
      throw unknown('workflow', id)
  }
}

/** Moves a workflow to another project. That is no save: draft, revision and `updatedAt` stay as they are. */
export async function moveWorkflow(ctx: ServiceContext, id: string, projectId: string): Promise<WorkflowSummaryRow> {
  requireWorkflow(ctx.caller, id)
  const to = await chooseProject(ctx, projectId)
  const moved = await ctx.stores.workflows.move(id, to.id)
  if (moved === null) throw unknown('workflow', id)
  if (moved.from !== to.id) await recordAudit(ctx, 'workflow.moved', id, { from: moved.from, to: to.id })
  return moved.row
}

/** The row of a workflow; another organization's does not exist. */
export async function findWorkflow(ctx: ServiceContext, id: string): Promise<WorkflowRow> {
  requireWorkflow(ctx.caller, id)
  const row = await ctx.stores.workflows.find(id)
  if (row === null) throw unknown('workflow', id)
  return row
}

export async function getWorkflow(ctx: ServiceContext, id: string): Promise<WorkflowView> {
  const row = await findWorkflow(ctx, id)
  if (isSensitive(row.definition)) await recordRead(ctx, 'workflow.read', id)
  return view(row)
}

export function listWorkflows(ctx: ServiceContext, query: WorkflowQuery): Promise<Page<WorkflowSummaryRow>> {
  return ctx.stores.workflows.list({ ...query, ids: ctx.caller.workflowIds ?? undefined })
}

function view(row: WorkflowRow): WorkflowView {
  const definition = JSON.parse(row.definition) as Json
  return { row, definition, issues: judgeDocument(definition, 'draft').issues }
}

function readDraft(body: DocumentBody): Json {
  const read = readDocument(body)
  if ('issue' in read) throw new AppError('definition_invalid', { detail: read.issue.message, issues: [read.issue] })
  if (new TextEncoder().encode(JSON.stringify(read.document)).length > LIMITS.documentBytesMax) {
    throw new AppError('body_too_large', { detail: `A document may have at most ${LIMITS.documentBytesMax} bytes.` })
  }
  if (isJsonObject(read.document)) return read.document
  const issue = {
    code: 'invalid_type',
    severity: 'error',
    path: '/definition',
    message: 'A document is an object',
  } as const
  throw new AppError('definition_invalid', { detail: issue.message, issues: [issue] })
}

function textOf(definition: Json, key: string): string | null {
  const value = isJsonObject(definition) && Object.hasOwn(definition, key) ? definition[key] : null
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 2_000).toWellFormed() : null
}

function nameOf(definition: Json): string {
  const given = isJsonObject(definition) && Object.hasOwn(definition, 'name') ? definition['name'] : undefined
  const name = nameShape(200).safeParse(given)
  if (name.success) return name.data
  const isAbsent = given === undefined
  const issue = {
    code: isAbsent ? 'required' : 'invalid_format',
    severity: 'error',
    path: isAbsent ? '/name' : '/definition/name',
    message: isAbsent ? "'name' is required" : (name.error.issues[0]?.message ?? ''),
    hint: 'Name it in the document, or beside it as "name": one line of at most 200 characters.',
  } as const
  throw new AppError('request_invalid', { detail: issue.message, issues: [issue] })
}

function nameTaken(name: string): AppError {
  return new AppError('name_taken', { detail: `There is a workflow named '${name}' already.` })
}
