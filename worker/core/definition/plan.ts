import type { ComponentDefinition, Safety } from '../components/define-component'
import { componentOf } from '../components/registry'
import type { CompiledValue } from '../expression/compile-value'
import { invariant } from '../kernel/assert'
import type { JsonObject } from '../kernel/json'
import { LIMITS } from '../model/limits'
import type { Stage, Workflow, WorkflowSettings } from './document'
import { Graph } from './graph'
import { needsOf, type Needs } from './needs'
import { compileValid, splitLate, splitRaw } from './split-late'

export type { Needs } from './needs'

/** A dependency as written, and what has to be terminal before it can be judged. */
export type PlannedDependency = {
  readonly stage: string
  /**
   * `stage` itself, or, when it lives in a container the dependent is outside of, the outermost such container:
   * the dependent waits for the container and then looks at how `stage` ended.
   */
  readonly waitsFor: string
}

/** Stages named by one list of a config. `option`: a choice of a branch, same scope · `scope`: run inside a container. */
export type PlannedList = {
  /** As the component names it in `taken` and its phases: `if_true`, `cases/0`, `try` … */
  readonly list: string
  readonly role: 'option' | 'scope'
  /** Every stage of the list. For a scope also those a branch inside it names; in document order. */
  readonly ids: readonly string[]
}

export type PlannedStage = {
  readonly id: string
  /** Place in the document, from 0. */
  readonly index: number
  /** Place in Plan.order, from 0. */
  readonly order: number
  readonly type: string
  readonly component: ComponentDefinition
  /** As written: what safety is judged on and a trace shows where nothing was evaluated. */
  readonly document: JsonObject
  /** The parts of the config that are taken as written. */
  readonly raw: JsonObject
  /** The config without its `late` and `raw` parts. */
  readonly config: CompiledValue
  /** Late parts that are present, by their JSON Pointer inside the config (`/retry/condition`). */
  readonly late: ReadonlyMap<string, CompiledValue>
  readonly dependsOn: readonly PlannedDependency[]
  /** The list of the container it runs in; null = the root scope. */
  readonly container: { readonly id: string; readonly list: string } | null
  /** The branch that must choose it (any of `lists` in its `taken`); null = nobody has to. */
  readonly chooser: { readonly id: string; readonly lists: readonly string[] } | null
  /** Own options or phases, in the component's order. */
  readonly lists: readonly PlannedList[]
  /** Stages that name it in depends_on, that it may choose, or that it contains: whom its end may set free. */
  readonly dependents: readonly string[]
  readonly join: 'all' | 'any' | 'always'
  readonly enabled: boolean
  readonly onError: 'fail' | 'continue'
  /** The config's `timeout`; the default when it has none, the maximum when it is an expression. */
  readonly timeoutMs: number
  readonly safety: Safety
}

/** Everything the engine asks of a document, built once per version. */
export type Plan = {
  readonly name: string
  readonly stages: ReadonlyMap<string, PlannedStage>
  /** All ids so that a stage comes after whatever it waits for; ties in document order. */
  readonly order: readonly string[]
  /** Stages of the root scope, in `order`. */
  readonly root: readonly string[]
  /** Enabled stages of the root scope that no other stage waits for, in `order`. */
  readonly leaves: readonly string[]
  /** The compiled `output`, or null when the last completed leaf's output is the answer. */
  readonly output: CompiledValue | null
  readonly settings: WorkflowSettings
  readonly needs: Needs
  /** Every stage is pure. */
  readonly pure: boolean
  /** May run inside the request that accepted it: nothing waits, nothing is at_most_once. */
  readonly inline: boolean
}

/** Components that hold an execution for longer than a request may last. */
const WAITING = new Set(['delay', 'wait_for_signal'])

function timeoutOf(config: JsonObject): number {
  const timeout = config['timeout']
  if (typeof timeout === 'number') return timeout
  return timeout === undefined ? LIMITS.stageTimeoutMsDefault : LIMITS.stageTimeoutMsMax
}

function componentOfValid(stage: Stage): ComponentDefinition {
  const component = componentOf(stage.component)
  invariant(component !== null, 'the components of a planned document are registered')
  return component
}

/** Own lists of a stage, each scope list grown by what the branches inside it name. */
function listsOf(stage: Stage, component: ComponentDefinition, graph: Graph, ids: readonly string[]): PlannedList[] {
  return (component.owns?.(stage.config) ?? []).map(({ list, role, ids: named }) => ({
    list,
    role,
    ids:
      role === 'option'
        ? named
        : ids.filter((id) => {
            const container = graph.containerOf.get(id)
            return container?.id === stage.id && container.list === list
          }),
  }))
}

function planStage(
  stage: Stage,
  index: number,
  graph: Graph,
  ids: readonly string[],
): Omit<PlannedStage, 'dependents' | 'order'> {
  const { id, config: document, join, enabled, on_error: onError } = stage
  const component = componentOfValid(stage)
  const { raw, rest } = splitRaw(document, component.raw ?? [])
  return {
    id,
    index,
    type: component.type,
    component,
    document,
    raw,
    ...splitLate(rest, component.late ?? []),
    dependsOn: stage.depends_on.map((dependency) => ({ stage: dependency, waitsFor: graph.waitsFor(id, dependency) })),
    container: graph.containerOf.get(id) ?? null,
    chooser: graph.chooserOf.get(id) ?? null,
    lists: listsOf(stage, component, graph, ids),
    join,
    enabled,
    onError,
    timeoutMs: timeoutOf(document),
    safety: component.safety(document),
  }
}

/** For each stage, whom its end may set free. */
function dependentsOf(
  stages: readonly Omit<PlannedStage, 'dependents' | 'order'>[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const dependents = new Map<string, Set<string>>(stages.map(({ id }) => [id, new Set()]))
  for (const { id, dependsOn, container, chooser } of stages) {
    const before = [...dependsOn.flatMap(({ stage, waitsFor }) => [stage, waitsFor]), container?.id, chooser?.id]
    for (const earlier of before) dependents.get(earlier ?? '')?.add(id)
  }
  return dependents
}

/**
 * Builds the plan of a document that validateWorkflow let pass (a stored version); throws for any other. Pure: the same
 * document gives the same plan.
 */
export function compilePlan(workflow: Workflow): Plan {
  const ids = workflow.stages.map(({ id }) => id)
  const graph = new Graph(
    workflow.stages.map((stage) => ({
      id: stage.id,
      dependsOn: stage.depends_on,
      owned: componentOfValid(stage).owns?.(stage.config) ?? [],
    })),
  )
  invariant(graph.cycles.length === 0, 'a planned document has no cycles')
  const places = new Map(graph.order.map((id, place) => [id, place]))
  const planned = workflow.stages.map((stage, index) => ({
    ...planStage(stage, index, graph, ids),
    order: places.get(stage.id) ?? 0,
  }))
  const dependents = dependentsOf(planned)
  const stages = new Map(
    planned.map((stage) => [stage.id, { ...stage, dependents: [...(dependents.get(stage.id) ?? [])] }]),
  )
  const root = graph.order.filter((id) => stages.get(id)?.container === null)
  const waitedFor = new Set(
    planned.flatMap(({ dependsOn, chooser }) => [chooser?.id, ...dependsOn.map(({ waitsFor }) => waitsFor)]),
  )
  const output = workflow.output === undefined ? null : compileValid(workflow.output)
  const compiled = planned.flatMap(({ config, late }) => [config, ...late.values()])
  return {
    name: workflow.name,
    stages,
    order: graph.order,
    root,
    leaves: root.filter((id) => stages.get(id)?.enabled === true && !waitedFor.has(id)),
    output,
    settings: workflow.settings,
    needs: needsOf(workflow, output === null ? compiled : [...compiled, output]),
    pure: planned.every(({ safety }) => safety === 'pure'),
    inline: planned.every(({ type, document }) => !WAITING.has(type) && document['at_most_once'] !== true),
  }
}
