import type { PlacedReference } from '../expression/compile-value'
import type { Issue } from '../model/issue'
import { unknownStage } from './check-graph'
import type { Expressions } from './check-expressions'
import type { DraftStage } from './draft-stage'
import type { Graph } from './graph'
import { errorAt } from './issue-at'

/** A stage that runs once per item has no one result for who is outside of its foreach. */
function repeatedElsewhere(name: string, path: string, graph: Graph): Issue {
  const loop = graph.loopOf(name) ?? ''
  return errorAt(
    'reference_into_foreach',
    path,
    `“${name}” runs once for each item of “${loop}”, so it has no one result here`,
    `Use its results: stages.${loop}.output.results.`,
  )
}

function checkStage(
  stage: DraftStage,
  reference: PlacedReference,
  path: string,
  graph: Graph,
  ids: readonly string[],
): Issue[] {
  const name = reference.name ?? ''
  if (!graph.has(name)) return [unknownStage(name, path, ids)]
  if (!graph.isAround(name, stage.id)) return [repeatedElsewhere(name, path, graph)]
  if (graph.cycles.length > 0 || graph.mayHaveRunBefore(name, stage.id)) return []
  if (name === stage.id) {
    return [errorAt('stage_not_before', path, `“${name}” reads its own result`, 'In a retry condition write output.')]
  }
  if (graph.containersOf(stage.id).includes(name)) {
    const message = `“${stage.id}” runs inside “${name}”, which is not over before it`
    return [
      errorAt(
        'stage_not_before',
        path,
        message,
        `Read it in a stage that depends on “${name}”; of a trycatch also in catch and finally.`,
      ),
    ]
  }
  const message = `“${stage.id}” reads “${name}”, which need not have run before it`
  return [errorAt('stage_not_before', path, message, `Add “${name}” to depends_on.`)]
}

/** What a stage's expressions read and cannot: stages that are missing or not before it, values of other places. */
export function checkReferences(
  stage: DraftStage,
  { path, references }: Expressions,
  graph: Graph,
  ids: readonly string[],
): readonly Issue[] {
  const late = stage.component?.late ?? []
  const inForeach = graph.loopOf(stage.id) !== null
  return references.flatMap((reference) => {
    const place = path + reference.path
    const { kind } = reference
    if (kind === 'stage') return checkStage(stage, reference, place, graph, ids)
    if (
      kind === 'output' &&
      !late.some((pointer) => reference.path === pointer || reference.path.startsWith(`${pointer}/`))
    ) {
      return [
        errorAt(
          'reference_not_available',
          place,
          'output exists in retry.condition and pagination only',
          'Read another stage with stages.<id>.output.',
        ),
      ]
    }
    if ((kind === 'item' || kind === 'index') && !inForeach) {
      return [errorAt('reference_not_available', place, `${kind} exists inside a foreach only`)]
    }
    return []
  })
}

/** The same for the workflow's `output`, which comes after every stage. */
export function checkOutputReferences(
  { path, references }: Expressions,
  graph: Graph,
  ids: readonly string[],
): readonly Issue[] {
  return references.flatMap(({ kind, name, path: inner }) => {
    if (kind === 'stage' && !graph.has(name ?? '')) return [unknownStage(name ?? '', path + inner, ids)]
    if (kind === 'stage' && graph.loopOf(name ?? '') !== null)
      return [repeatedElsewhere(name ?? '', path + inner, graph)]
    if (kind === 'output' || kind === 'item' || kind === 'index') {
      return [
        errorAt(
          'reference_not_available',
          path + inner,
          `${kind} does not exist here`,
          'Read a stage with stages.<id>.output.',
        ),
      ]
    }
    return []
  })
}
