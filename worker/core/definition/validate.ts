import { componentTypes, documentConfig } from '../components/registry'
import { isJsonObject, type Json } from '../kernel/json'
import { nearest } from '../kernel/nearest'
import { LIMITS } from '../model/limits'
import type { Issue } from '../model/issue'
import { checkCredentials } from './check-credentials'
import { checkEnvironment, type TargetEnvironment } from './check-environment'
import { checkExpressions, type Expressions } from './check-expressions'
import { checkGraph } from './check-graph'
import { checkReachability } from './check-reachability'
import { checkOutputReferences, checkReferences } from './check-references'
import { checkSecrets } from './check-secrets'
import { checkTriggers } from './check-triggers'
import { Workflow, WorkflowDocument } from './document'
import { readDraftStages, type DraftStage } from './draft-stage'
import { Graph } from './graph'
import { errorAt } from './issue-at'
import { schemaIssues } from './schema-issues'

export type ValidateOptions = {
  /** deploy: credentials written out, secrets taken apart and triggers that are not built yet are errors instead of warnings. */
  readonly mode: 'draft' | 'deploy'
  /** JSON Pointer of the document inside what was sent, such as `/definition`; put before every path. */
  readonly pathPrefix?: string
  /** When given, everything the document reads must have a value there and its `environment` must allow it. */
  readonly environment?: TargetEnvironment
}

export type Validation = {
  /** The normalised document, or null when any finding is an error. */
  readonly workflow: Workflow | null
  readonly issues: readonly Issue[]
}

function checkSize(document: unknown): Issue[] {
  const text = JSON.stringify(document) ?? ''
  const { documentBytesMax } = LIMITS
  if (text.length * 3 <= documentBytesMax || new TextEncoder().encode(text).length <= documentBytesMax) return []
  return [errorAt('document_too_large', '', `The document is larger than ${documentBytesMax} bytes`)]
}

function checkComponent(stage: DraftStage, document: unknown): Issue[] {
  if (stage.component !== null) {
    const path = `${stage.path}/config`
    const findings = stage.component.check?.(stage.config) ?? []
    return [
      ...schemaIssues(documentConfig(stage.component.type), stage.config, path),
      ...findings.map(({ pointer, code, message, hint }) => errorAt(code, path + pointer, message, hint)),
    ]
  }
  const stages = (isJsonObject(document) ? document['stages'] : []) as readonly Json[]
  const raw = stages[stage.index]
  const type = isJsonObject(raw) ? raw['component'] : undefined
  if (typeof type !== 'string') return []
  const close = nearest(type, componentTypes())
  const hint = close === null ? `There are ${componentTypes().join(', ')}.` : `Did you mean ${close}?`
  return [errorAt('unknown_component', `${stage.path}/component`, `There is no component “${type}”`, hint)]
}

/** Stages as the graph needs them: of several with one id the first. */
function graphOf(stages: readonly DraftStage[]): Graph {
  const unique = new Map(stages.toReversed().map((stage) => [stage.id, stage]))
  return new Graph(
    stages
      .filter((stage) => unique.get(stage.id) === stage)
      .map(({ id, dependsOn, owned }) => ({ id, dependsOn: dependsOn.map((dependency) => dependency.id), owned })),
  )
}

/** Names of secrets that a config lists count like those its expressions read. */
function withNamedSecrets({ component, config }: DraftStage, found: Expressions): Expressions {
  const named = component?.secrets?.(config) ?? []
  const references = named.map(({ pointer, name }) => ({
    kind: 'secret' as const,
    name,
    path: pointer,
    optional: false,
    at: 0,
  }))
  return { ...found, references: [...found.references, ...references] }
}

function checkStages(document: Json, severity: Issue['severity']): { issues: Issue[]; expressions: Expressions[] } {
  const stages = readDraftStages(document)
  const graph = graphOf(stages)
  const ids = stages.map(({ id }) => id)
  const issues = [...checkGraph(stages, graph), ...checkReachability(stages, graph)]
  const expressions = stages.map((stage) => {
    const found = withNamedSecrets(stage, checkExpressions(stage.templated, `${stage.path}/config`))
    issues.push(
      ...checkComponent(stage, document),
      ...found.issues,
      ...checkReferences(stage, found, graph, ids),
      ...checkCredentials(stage.config, `${stage.path}/config`, severity),
    )
    return found
  })
  const output = isJsonObject(document) ? document['output'] : undefined
  if (output !== undefined) {
    const found = checkExpressions(output, '/output')
    issues.push(
      ...found.issues,
      ...checkOutputReferences(found, graph, ids),
      ...checkCredentials(output, '/output', severity),
    )
    expressions.push(found)
  }
  return { issues, expressions }
}

/** Judging costs time for every pair of stages, so that more than the limit are not judged at all. */
function hasTooManyStages(document: Json): boolean {
  const stages = isJsonObject(document) ? document['stages'] : undefined
  return Array.isArray(stages) && stages.length > LIMITS.stagesMax
}

function tooManyStages(pathPrefix: string): Issue {
  return errorAt('out_of_range', `${pathPrefix}/stages`, `Expected array to have <=${LIMITS.stagesMax} items`)
}

/** Paths in the order of the document: numbers by size, everything else by character. */
function byPlace(a: Issue, b: Issue): number {
  return a.path.localeCompare(b.path, 'en', { numeric: true })
}

/**
 * Judges a parsed document and finds everything in one pass: shape, graph, configs, expressions, triggers, credentials
 * and, when an environment is given, what is unset there. Errors come with their JSON Pointer; warnings stop nothing.
 */
export function validateWorkflow(document: unknown, options: ValidateOptions): Validation {
  const { mode, pathPrefix = '', environment } = options
  const json = document as Json
  if (hasTooManyStages(json)) return { workflow: null, issues: [tooManyStages(pathPrefix)] }
  const severity = mode === 'deploy' ? 'error' : 'warning'
  const stages = checkStages(json, severity)
  const triggers = checkTriggers(json, mode)
  const expressions = [...stages.expressions, ...triggers.expressions]
  const guard = isJsonObject(json) ? json['environment'] : undefined
  const found = [
    ...checkSize(document),
    ...schemaIssues(WorkflowDocument, document, ''),
    ...stages.issues,
    ...triggers.issues,
    ...checkSecrets(expressions, severity, environment?.secretVariables),
    ...(environment === undefined ? [] : checkEnvironment(guard, expressions, environment)),
  ].toSorted(byPlace)
  const valid = found.every(({ severity }) => severity === 'warning')
  const issues = pathPrefix === '' ? found : found.map((issue) => ({ ...issue, path: pathPrefix + issue.path }))
  return { workflow: valid ? Workflow.parse(document) : null, issues }
}
