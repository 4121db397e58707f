import type * as z from 'zod'
import { resolvedConfig } from '../components/registry'
import type { PlannedStage } from '../definition/plan'
import type { Scope } from '../expression/scope'
import { isJsonObject, type Json } from '../kernel/json'
import { pointerOf } from '../kernel/pointer'
import { err, ok, type Result } from '../kernel/result'
import type { Failure } from '../model/failure'
import { expressionFailure } from './expression-failure'
import { withoutViews } from './output-view'

type ResolvedConfig = {
  /** The config with its values, without what is taken as written: what a trace shows as input. */
  readonly input: Json
  /** The same, checked and completed by the component's schema. */
  readonly config: unknown
}

/** A config without expressions is the same every time. */
const CONSTANTS = new WeakMap<PlannedStage, ResolvedConfig>()

/** What a schema that names its own code says: `{code, hint}` in the issue's params. */
function ownFailure(issue: z.core.$ZodIssue | undefined): Failure | null {
  const { code, hint } = (issue?.code === 'custom' ? issue.params : null) ?? {}
  if (issue === undefined || typeof code !== 'string') return null
  const path = `/config${pointerOf(issue.path as (string | number)[])}`
  return { code, message: issue.message, ...(typeof hint === 'string' && { hint }), details: { path } }
}

function misfit({ issues }: z.core.$ZodError, type: string): Failure {
  const own = ownFailure(issues[0])
  if (own !== null) return own
  const findings = issues.map(({ path, message }) => ({ path: `/config${pointerOf(path)}`, message }))
  const [first] = findings
  return {
    code: 'config_invalid',
    message: `The config of this ${type} does not fit once its expressions have values: ${first?.path} ${first?.message}.`,
    hint: 'Look at the values its expressions took.',
    details: findings,
  }
}

function withRaw({ component, raw }: PlannedStage, input: Json): Json {
  return component.raw !== undefined && isJsonObject(input) ? { ...input, ...raw } : input
}

/** Evaluates a stage's config and checks it against its component. Failures: `expression_failed`, `config_invalid`. */
export function resolveConfig(stage: PlannedStage, scope: Scope): Result<ResolvedConfig, Failure> {
  const known = CONSTANTS.get(stage)
  if (known !== undefined) return ok(known)
  const evaluated = stage.config.evaluate(scope)
  if (!evaluated.ok) return err(expressionFailure(evaluated.error, '/config'))
  const readsStages = stage.config.references.some(({ kind }) => kind === 'stage')
  const input = readsStages ? withoutViews(evaluated.value) : evaluated.value
  const parsed = resolvedConfig(stage.type).safeParse(withRaw(stage, input))
  if (!parsed.success) return err(misfit(parsed.error, stage.type))
  const resolved = { input, config: parsed.data }
  if (stage.config.constant) CONSTANTS.set(stage, resolved)
  return ok(resolved)
}
