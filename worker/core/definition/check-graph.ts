import { nearest } from '../kernel/nearest'
import type { Issue } from '../model/issue'
import type { DraftStage } from './draft-stage'
import type { Conflict, Graph } from './graph'
import { errorAt, warningAt } from './issue-at'

/** Names an id that no stage has, with the nearest one that exists. */
export function unknownStage(id: string, path: string, known: Iterable<string>): Issue {
  const close = nearest(id, known)
  const minus = /^(.+)-\d+$/.exec(id)?.[1]
  const hint =
    minus !== undefined && [...known].includes(minus)
      ? 'Put spaces around minus to subtract.'
      : close === null
        ? 'Define a stage with this id or remove the name.'
        : `Did you mean ${close}?`
  return errorAt('unknown_stage', path, `There is no stage “${id}”`, hint)
}

function checkIds(stages: readonly DraftStage[]): Issue[] {
  const seen = new Set<string>()
  return stages.flatMap(({ id, path }) => {
    if (seen.has(id)) return [errorAt('duplicate_id', `${path}/id`, `Two stages have the id “${id}”`)]
    seen.add(id)
    return []
  })
}

function checkNames(stages: readonly DraftStage[], ids: ReadonlySet<string>): Issue[] {
  return stages.flatMap((stage) => {
    const named = stage.owned.flatMap(({ pointer, ids: list }) =>
      list.map((id, i) => ({ id, path: `${stage.path}/config${pointer}/${i}` })),
    )
    return [...stage.dependsOn, ...named]
      .filter(({ id }) => !ids.has(id))
      .map(({ id, path }) => unknownStage(id, path, ids))
  })
}

function checkConflict(conflict: Conflict, byId: ReadonlyMap<string, DraftStage>): Issue {
  const { stage, kind, first, second, pointer } = conflict
  const path = `${byId.get(second)?.path ?? ''}/config${pointer}`
  if (kind === 'chooser') {
    const message = `“${stage}” is chosen by “${first}” and by “${second}”`
    return errorAt(
      'stage_owned_twice',
      path,
      message,
      'Let both choose a stage of their own and join them with join: any.',
    )
  }
  if (kind === 'container') {
    const where = first === second ? `two lists of “${first}”` : `“${first}” and in “${second}”`
    return errorAt(
      'stage_in_two_scopes',
      path,
      `“${stage}” runs in ${where}`,
      'A stage belongs to one list of one container.',
    )
  }
  return errorAt(
    'stage_in_two_scopes',
    byId.get(stage)?.path ?? path,
    `“${stage}” runs in “${first}”, but “${second}”, which chooses it, does not`,
    'Name it in the list that holds the stage that chooses it.',
  )
}

function checkCycles(graph: Graph, byId: ReadonlyMap<string, DraftStage>): Issue[] {
  return graph.cycles.map((ring) => {
    const indexed = ring.map((id) => byId.get(id)?.index ?? 0)
    const from = indexed.indexOf(Math.min(...indexed))
    const turned = [...ring.slice(from), ...ring.slice(0, from), ring[from] ?? '']
    const path = `/stages/${indexed[from] ?? 0}/depends_on`
    return errorAt(
      'cycle',
      path,
      `These stages wait for each other: ${turned.join(' → ')}`,
      'Remove one of the dependencies.',
    )
  })
}

function betweenBranches(stage: string, other: string, path: string): Issue {
  const message = `“${stage}” depends on “${other}” in another branch`
  const hint = 'Put both into one branch: where few branches may run at once, it can wait for one that has not begun.'
  return warningAt('dependency_across_branches', path, message, hint)
}

/** Dependencies that are allowed and rarely meant: on a stage of another phase or branch of the same container. */
function checkPhases(stages: readonly DraftStage[], graph: Graph): Issue[] {
  return stages.flatMap((stage) => {
    const own = graph.containerOf.get(stage.id)
    if (own === undefined) return []
    return stage.dependsOn.flatMap(({ id, path }) => {
      const other = graph.containerOf.get(id)
      if (other === undefined || other.id !== own.id || other.list === own.list) return []
      if (own.list.startsWith('branches/')) return [betweenBranches(stage.id, id, path)]
      const message = `“${stage.id}” in ${own.list} depends on “${id}” in ${other.list}`
      return [
        warningAt(
          'dependency_across_phases',
          path,
          message,
          `It is skipped unless “${id}” completed; ${own.list} runs after ${other.list} anyway.`,
        ),
      ]
    })
  })
}

/** Dependencies between a stage that runs once per item and one that does not: neither can wait for the other. */
function checkLoops(stages: readonly DraftStage[], graph: Graph): Issue[] {
  return stages.flatMap((stage) =>
    stage.dependsOn.flatMap(({ id, path }) => {
      const [own, other] = [graph.loopOf(stage.id), graph.loopOf(id)]
      if (own === other || !graph.has(id) || id === own) return []
      if (!graph.isAround(id, stage.id)) {
        const message = `“${stage.id}” depends on “${id}”, which runs once for each item of “${other}”`
        const hint = `Depend on “${other}” and read stages.${other}.output.results.`
        return [errorAt('dependency_into_foreach', path, message, hint)]
      }
      const message = `“${stage.id}” runs once for each item of “${own}” and depends on “${id}”, which does not`
      return [
        errorAt(
          'dependency_out_of_foreach',
          path,
          message,
          `Let “${own}” depend on “${id}”: its items come after that.`,
        ),
      ]
    }),
  )
}

/** Everything wrong with how stages name each other. */
export function checkGraph(stages: readonly DraftStage[], graph: Graph): readonly Issue[] {
  const byId = new Map(stages.toReversed().map((stage) => [stage.id, stage]))
  const ids = new Set(byId.keys())
  return [
    ...checkIds(stages),
    ...checkNames(stages, ids),
    ...graph.conflicts.map((conflict) => checkConflict(conflict, byId)),
    ...checkCycles(graph, byId),
    ...checkPhases(stages, graph),
    ...checkLoops(stages, graph),
  ]
}
