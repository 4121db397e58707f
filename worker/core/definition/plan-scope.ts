import type { ComponentDefinition } from '../components/define-component'
import { componentOf } from '../components/registry'
import { invariant } from '../kernel/assert'
import type { JsonObject } from '../kernel/json'
import { LIMITS } from '../model/limits'
import type { Stage, Workflow } from './document'
import type { Graph } from './graph'
import type { Plan, PlannedList, PlannedStage } from './plan'
import { splitLate, splitRaw } from './split-late'

/** A plan without what only a whole document has. */
type PlannedScope = Pick<Plan, 'name' | 'stages' | 'order' | 'root' | 'leaves' | 'settings'>
type Unconnected = Omit<PlannedStage, 'dependents' | 'order'>

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

function planStage(workflow: Workflow, graph: Graph, stage: Stage, index: number): Unconnected {
  const { id, config: document, join, enabled, on_error: onError } = stage
  const component = componentOfValid(stage)
  const { raw, rest } = splitRaw(document, component.raw ?? [])
  const container = graph.containerOf.get(id) ?? null
  return {
    id,
    index,
    type: component.type,
    component,
    document,
    raw,
    ...splitLate(rest, component.late ?? []),
    dependsOn: stage.depends_on.map((dependency) => ({ stage: dependency, waitsFor: graph.waitsFor(id, dependency) })),
    container: container?.id === graph.loopOf(id) ? null : container,
    chooser: graph.chooserOf.get(id) ?? null,
    lists: listsOf(
      stage,
      component,
      graph,
      workflow.stages.map((other) => other.id),
    ),
    join,
    enabled,
    onError,
    timeoutMs: timeoutOf(document),
    safety: component.safety(document),
    body: component.iterates === true ? planBody(workflow, graph, id) : null,
  }
}

/** For each stage, whom its end may set free. */
function dependentsOf(stages: readonly Unconnected[]): ReadonlyMap<string, ReadonlySet<string>> {
  const dependents = new Map<string, Set<string>>(stages.map(({ id }) => [id, new Set()]))
  for (const { id, dependsOn, container, chooser } of stages) {
    const before = [...dependsOn.flatMap(({ stage, waitsFor }) => [stage, waitsFor]), container?.id, chooser?.id]
    for (const earlier of before) dependents.get(earlier ?? '')?.add(id)
  }
  return dependents
}

function planBody(workflow: Workflow, graph: Graph, loop: string): Plan {
  const needs = { variables: [], secrets: [], hosts: [], components: [] }
  return { ...planScope(workflow, graph, loop), output: null, needs, pure: false, inline: false }
}

/** Plans the stages that run once per iteration of a foreach, or, for null, those outside of any. */
export function planScope(workflow: Workflow, graph: Graph, loop: string | null): PlannedScope {
  const order = graph.order.filter((id) => graph.loopOf(id) === loop)
  const places = new Map(order.map((id, place) => [id, place]))
  const planned = workflow.stages.flatMap((stage, index) => {
    const place = places.get(stage.id)
    return place === undefined ? [] : [{ ...planStage(workflow, graph, stage, index), order: place }]
  })
  const dependents = dependentsOf(planned)
  const stages = new Map(
    planned.map((stage) => [stage.id, { ...stage, dependents: [...(dependents.get(stage.id) ?? [])] }]),
  )
  const root = order.filter((id) => stages.get(id)?.container === null)
  const waitedFor = new Set(
    planned.flatMap(({ dependsOn, chooser }) => [chooser?.id, ...dependsOn.map(({ waitsFor }) => waitsFor)]),
  )
  return {
    name: workflow.name,
    stages,
    order,
    root,
    leaves: root.filter((id) => stages.get(id)?.enabled === true && !waitedFor.has(id)),
    settings: workflow.settings,
  }
}
