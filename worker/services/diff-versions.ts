import type { TargetEnvironment } from '#core/definition/check-environment'
import type { Json } from '#core/kernel/json'
import { compilePlan, type Needs } from '#core/definition/plan'
import { requireEnvironment } from './caller'
import { type DocumentChange, diffDocuments } from './diff-documents'
import { isSensitive } from './is-sensitive'
import { judgeDocument } from './judge-document'
import { recordRead } from './record-read'
import type { ServiceContext } from './service-context'
import { findEnvironment, targetOf } from './target-environment'
import { findVersion, versionName } from './versions'
import { findWorkflow } from './workflows'

export type VersionDiff = { readonly from: string; readonly to: string; readonly changes: readonly DocumentChange[] }

type Side = {
  readonly name: string
  readonly document: Json
  readonly needs: Needs | null
  readonly isSensitive: boolean
}

/**
 * What changed from `a` to `b`; with an environment also what `b` needs and it lacks. Whoever looks at that of a sensitive
 * workflow is written down.
 */
export async function diffVersions(
  ctx: ServiceContext,
  workflowId: string,
  references: { readonly a: string; readonly b: string; readonly environment?: string | undefined },
): Promise<VersionDiff> {
  const [from, to] = await Promise.all([
    readSide(ctx, workflowId, references.a),
    readSide(ctx, workflowId, references.b),
  ])
  const changes = [...diffDocuments(from.document, to.document)]
  if (references.environment !== undefined && to.needs !== null) {
    requireEnvironment(ctx.caller, references.environment)
    const environment = await findEnvironment(ctx, references.environment)
    const target = targetOf(environment, await ctx.stores.environments.values(environment.id))
    changes.push(...missingIn(target, to.needs))
  }
  if (from.isSensitive || to.isSensitive) {
    await recordRead(ctx, 'workflow.read', workflowId, { versions: [from.name, to.name] })
  }
  return { from: from.name, to: to.name, changes }
}

async function readSide(ctx: ServiceContext, workflowId: string, reference: string): Promise<Side> {
  if (reference === 'draft') {
    const row = await findWorkflow(ctx, workflowId)
    const document = JSON.parse(row.definition) as Json
    const { workflow } = judgeDocument(document, 'draft')
    const needs = workflow === null ? null : compilePlan(workflow).needs
    return { name: 'draft', document, needs, isSensitive: isSensitive(row.definition) }
  }
  const row = await findVersion(ctx, workflowId, reference)
  const document = JSON.parse(row.definition) as Json
  return { name: versionName(row), document, needs: row.needs, isSensitive: isSensitive(row.definition) }
}

/** What an environment would have to hold before a version can be deployed to it. */
export function missingIn(target: TargetEnvironment, needs: Needs): readonly DocumentChange[] {
  const variables = needs.variables.filter((name) => !target.variables.has(name))
  const secrets = needs.secrets.filter((name) => !target.secrets.has(name))
  return [
    ...variables.map((name) => missing('variable', name, target.name)),
    ...secrets.map((name) => missing('secret', name, target.name)),
  ]
}

function missing(noun: 'variable' | 'secret', name: string, environment: string): DocumentChange {
  const text = `needs the ${noun} ${name}, which is not set in ${environment}`
  return { kind: `${noun}_missing`, path: `/${noun}s/${name}`, old: null, new: name, text }
}
