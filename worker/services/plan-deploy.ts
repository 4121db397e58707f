import type { Json } from '#core/kernel/json'
import type { Issue } from '#core/model/issue'
import type { EnvironmentRow } from '../ports/environment-store'
import type { VersionRow } from '../ports/version-store'
import type { WorkflowRow } from '../ports/workflow-store'
import type { Candidate } from './choose-candidate'
import { type DocumentChange, diffDocuments } from './diff-documents'
import { isSensitive } from './is-sensitive'
import { recordRead } from './record-read'
import type { ServiceContext } from './service-context'
import { digestOf, versionName } from './versions'

export type DeployCheck = {
  readonly id: string
  readonly status: 'passed' | 'failed' | 'manual'
  readonly message: string
}

/** What a deploy would do, without doing it. */
export type DeployPlan = {
  readonly plan: readonly { readonly text: string }[]
  readonly diff: readonly DocumentChange[]
  readonly checks: readonly DeployCheck[]
}

const CHECKS: readonly { readonly id: string; readonly codes: RegExp; readonly passed: string }[] = [
  { id: 'environment', codes: /^environment_/, passed: 'The document may be deployed there' },
  { id: 'variables', codes: /^unset_variable$/, passed: 'Every variable it names is set' },
  {
    id: 'secrets',
    codes: /^(?:unset_secret|secret_as_variable|secret_taken_apart)$/,
    passed: 'Every secret it names is set and used whole',
  },
  { id: 'credentials', codes: /^credential_/, passed: 'No credential is written into it' },
  { id: 'triggers', codes: /^trigger_/, passed: 'Every trigger can be deployed' },
]

/** Says what a deploy would do; its diff shows what it compares, which of a sensitive workflow is written down. */
export async function planDeploy(
  ctx: ServiceContext,
  wish: {
    readonly workflow: WorkflowRow
    readonly environment: EnvironmentRow
    readonly candidate: Candidate
    readonly isActivating: boolean
  },
): Promise<DeployPlan> {
  const { workflow, environment, candidate } = wish
  const live = await ctx.stores.deployments.findByPlace(workflow.id, environment.id)
  const active = live?.snapshot?.active ?? null
  const before = active === null ? null : await ctx.stores.versions.findById(workflow.id, active.versionId)
  await recordPlanned(ctx, workflow, before, candidate.version)
  const [next, publishing] = await nextVersion(ctx, workflow, candidate)
  const from = active === null ? 'the first version there' : `replacing ${active.version}`
  const action = wish.isActivating
    ? `make ${next} live in ${environment.name}, ${from}`
    : `place ${next} in ${environment.name}, without traffic`
  return {
    plan: [...(publishing ? [{ text: `publish the draft as ${next}` }] : []), { text: action }],
    diff: before === null ? [] : diffDocuments(JSON.parse(before.definition) as Json, candidate.document),
    checks: judge(candidate.issues),
  }
}

/** The versions a plan was made of, as somebody read them; a null candidate is the draft. */
async function recordPlanned(
  ctx: ServiceContext,
  workflow: WorkflowRow,
  before: VersionRow | null,
  candidate: VersionRow | null,
): Promise<void> {
  const definitions = [candidate?.definition ?? workflow.definition, ...(before === null ? [] : [before.definition])]
  if (!definitions.some((definition) => isSensitive(definition))) return
  const name = candidate === null ? 'draft' : versionName(candidate)
  const versions = before === null ? [name] : [versionName(before), name]
  await recordRead(ctx, 'workflow.read', workflow.id, { versions })
}

/** The version a deploy would make live, and whether it would have to be published first. */
async function nextVersion(
  ctx: ServiceContext,
  workflow: WorkflowRow,
  candidate: Candidate,
): Promise<[string, boolean]> {
  if (candidate.version !== null) return [versionName(candidate.version), false]
  if (candidate.tag !== undefined) return [candidate.tag, true]
  const same =
    candidate.judged === null
      ? null
      : await ctx.stores.versions.findByDigest(workflow.id, digestOf(ctx, candidate.judged))
  if (same !== null) return [versionName(same), false]
  const newest = (await ctx.stores.versions.list(workflow.id, { limit: 1 })).items[0]
  return [`v${(newest?.number ?? 0) + 1}`, true]
}

function judge(issues: readonly Issue[]): readonly DeployCheck[] {
  const errors = issues.filter((issue) => issue.severity === 'error')
  const isNamed = (issue: Issue) => CHECKS.some((check) => check.codes.test(issue.code))
  const others = errors.filter((issue) => !isNamed(issue))
  return [
    verdict('document', others, 'The document is valid'),
    ...CHECKS.map((check) =>
      verdict(
        check.id,
        errors.filter((issue) => check.codes.test(issue.code)),
        check.passed,
      ),
    ),
    ...openWebhooks(issues),
    { id: 'tests', status: 'manual', message: 'Test executions were run and their outputs looked at' },
  ]
}

/** Something for a person to decide, where there is anything to decide. */
function openWebhooks(issues: readonly Issue[]): readonly DeployCheck[] {
  const open = issues.find((issue) => issue.code === 'webhook_open')
  return open === undefined ? [] : [{ id: 'webhooks', status: 'manual', message: open.message }]
}

function verdict(id: string, errors: readonly Issue[], passed: string): DeployCheck {
  if (errors.length === 0) return { id, status: 'passed', message: passed }
  return { id, status: 'failed', message: errors.map((issue) => issue.message).join('; ') }
}
