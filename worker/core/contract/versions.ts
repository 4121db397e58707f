import * as z from 'zod'
import { defineOperation } from './operation'
import { ActorShape, IdParam, Instant, pageQuery, pageOf } from './page'
import { DefinitionShape } from './workflows'

export const NeedsShape = z
  .object({
    variables: z.array(z.string()),
    secrets: z.array(z.string()),
    hosts: z.array(z.string()),
    components: z.array(z.string()),
  })
  .meta({ id: 'Needs' })

const version = {
  id: z.string(),
  workflowId: z.string(),
  number: z.int(),
  version: z.string(),
  digest: z.string(),
  releaseNotes: z.string().nullable(),
  gitCommit: z.string().nullable(),
  createdAt: Instant,
  createdBy: ActorShape,
  needs: NeedsShape,
}

export const VersionShape = z.object(version).meta({ id: 'Version' })
export const FullVersionShape = z.object({ ...version, definition: DefinitionShape }).meta({ id: 'FullVersion' })

export const CHANGE_KINDS = [
  'stage_added',
  'stage_removed',
  'stage_changed',
  'trigger_added',
  'trigger_removed',
  'trigger_changed',
  'settings_changed',
  'output_changed',
  'document_changed',
  'variable_missing',
  'secret_missing',
] as const

export const DocumentChangeShape = z
  .object({ kind: z.enum(CHANGE_KINDS), path: z.string(), old: z.unknown(), new: z.unknown(), text: z.string() })
  .meta({ id: 'DocumentChange' })

/** A tag a person gives a version: `v1.2.0`, a date, a git sha. `v3` would be mistaken for the third version. */
export const TagShape = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+/-]{0,127}$/, 'a tag holds letters, digits and . _ + / -, at most 128 characters')

export const ReleaseNotesShape = z.string().max(20_000)
export const GitCommitShape = z.string().max(200)

const versionParams = z.object({ id: z.string(), v: z.string() })

/** The calls about immutable versions. */
export const versionOperations = {
  publishVersion: defineOperation({
    method: 'POST',
    path: '/v1/workflows/{id}/versions',
    tag: 'Versions',
    summary: 'Publishes the draft as an immutable version',
    scope: 'versions:write',
    params: IdParam,
    body: z.strictObject({
      tag: TagShape.optional(),
      releaseNotes: ReleaseNotesShape.nullable().optional(),
      gitCommit: GitCommitShape.nullable().optional(),
    }),
    bodyOptional: true,
    responses: { 201: VersionShape },
  }),
  listVersions: defineOperation({
    method: 'GET',
    path: '/v1/workflows/{id}/versions',
    tag: 'Versions',
    summary: 'Lists the versions of a workflow, newest first',
    scope: 'workflows:read',
    params: IdParam,
    query: z.strictObject(pageQuery('number')),
    responses: { 200: pageOf(VersionShape) },
  }),
  getVersion: defineOperation({
    method: 'GET',
    path: '/v1/workflows/{id}/versions/{v}',
    tag: 'Versions',
    summary: 'Reads a version by number (v3 or 3), tag or id',
    scope: 'workflows:read',
    params: versionParams,
    responses: { 200: FullVersionShape },
  }),
  diffVersions: defineOperation({
    method: 'GET',
    path: '/v1/workflows/{id}/versions/{a}/diff/{b}',
    tag: 'Versions',
    summary: 'Says in words what changed between two versions; `draft` names the draft',
    scope: 'workflows:read',
    params: z.object({ id: z.string(), a: z.string(), b: z.string() }),
    query: z.strictObject({
      environment: z.string().optional().describe('Also name what the newer version needs and this environment lacks'),
    }),
    responses: { 200: z.object({ from: z.string(), to: z.string(), changes: z.array(DocumentChangeShape) }) },
  }),
}
