import type { Issue } from '#core/model/issue'
import { requireEnvironment } from './caller'
import { type DocumentBody, hasErrors, judgeDocument, readDocument } from './judge-document'
import type { ServiceContext } from './service-context'
import { findEnvironment, targetOf } from './target-environment'

/** Judges a document as a draft, or, with an environment, as if it were to be deployed there. */
export async function validateDocument(
  ctx: ServiceContext,
  body: DocumentBody & { readonly environment?: string | undefined },
): Promise<{ readonly valid: boolean; readonly issues: readonly Issue[] }> {
  const read = readDocument(body)
  if ('issue' in read) return { valid: false, issues: [read.issue] }
  const { issues } =
    body.environment === undefined
      ? judgeDocument(read.document, 'draft')
      : judgeDocument(read.document, 'deploy', await targetNamed(ctx, body.environment))
  return { valid: !hasErrors(issues), issues }
}

async function targetNamed(ctx: ServiceContext, name: string) {
  requireEnvironment(ctx.caller, name)
  const environment = await findEnvironment(ctx, name)
  return targetOf(environment, await ctx.stores.environments.values(environment.id))
}
