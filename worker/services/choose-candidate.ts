import type { Workflow } from '#core/definition/document'
import type { Json } from '#core/kernel/json'
import type { Issue } from '#core/model/issue'
import type { EnvironmentRow, ValueRow } from '../ports/environment-store'
import type { VersionRow } from '../ports/version-store'
import type { WorkflowRow } from '../ports/workflow-store'
import { judgeDocument } from './judge-document'
import { isNumberLike, requireUsableTag } from './require-usable-tag'
import type { ServiceContext } from './service-context'
import { targetOf } from './target-environment'
import { lookUpVersion, versionUnknown } from './versions'

/** What a deploy would make live, judged for its environment. */
export type Candidate = {
  /** Null: the draft, to be published under `tag`. */
  readonly version: VersionRow | null
  readonly tag: string | undefined
  readonly document: Json
  readonly judged: Workflow | null
  readonly issues: readonly Issue[]
}

/**
 * No version: the draft. A number or an existing tag: that version, even if the draft moved on. A new tag: the draft,
 * to be published under it. A number nobody published is unknown.
 */
export async function chooseCandidate(
  ctx: ServiceContext,
  workflow: WorkflowRow,
  wish: {
    readonly environment: EnvironmentRow
    readonly values: readonly ValueRow[]
    readonly version: string | number | undefined
  },
): Promise<Candidate> {
  const { version: reference } = wish
  const version = reference === undefined ? null : await lookUpVersion(ctx, workflow.id, reference)
  if (version === null && reference !== undefined && (typeof reference === 'number' || isNumberLike(reference))) {
    throw versionUnknown(reference)
  }
  const tag = typeof reference === 'string' && version === null ? reference : undefined
  if (tag !== undefined) requireUsableTag(tag, '/version')
  const document = JSON.parse(version?.definition ?? workflow.definition) as Json
  const { workflow: judged, issues } = judgeDocument(document, 'deploy', targetOf(wish.environment, wish.values))
  return { version, tag, document, judged, issues }
}
