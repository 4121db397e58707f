import { componentOf } from '#core/components/registry'
import type { Plan, PlannedList, PlannedStage } from '#core/definition/plan'
import { compileValue, type CompiledValue } from '#core/expression/compile-value'
import type { Json, JsonObject } from '#core/kernel/json'

/** A stage as a test writes it: only what matters to the test. */
export type StageSketch = {
  readonly id: string
  readonly component?: string
  readonly depends_on?: readonly string[]
  readonly config?: Record<string, Json>
  readonly join?: PlannedStage['join']
  readonly enabled?: boolean
  readonly on_error?: PlannedStage['onError']
}

type Place = { container: PlannedStage['container']; chooser: PlannedStage['chooser']; waits: Set<string> }

function compiled(value: Json): CompiledValue {
  const result = compileValue(value)
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

function listsOf(sketch: StageSketch): readonly PlannedList[] {
  const component = componentOf(sketch.component ?? 'transform')
  return (component?.owns?.(sketch.config ?? {}) ?? []).map(({ list, role, ids }) => ({ list, role, ids }))
}

function placesOf(sketches: readonly StageSketch[]): Map<string, Place> {
  const places = new Map(
    sketches.map(({ id }) => [id, { container: null, chooser: null, waits: new Set<string>() } as Place]),
  )
  for (const sketch of sketches) {
    if (iterates(sketch)) continue
    for (const { list, role, ids } of listsOf(sketch)) {
      for (const id of ids) {
        const place = places.get(id)
        if (place === undefined) throw new Error(`${sketch.id} names ${id}, which the sketch lacks`)
        if (role === 'scope') place.container = { id: sketch.id, list }
        else place.chooser = { id: sketch.id, lists: [...(place.chooser?.lists ?? []), list] }
        place.waits.add(sketch.id)
      }
    }
  }
  return places
}

/** Containers from the stage outwards. */
function containersOf(places: Map<string, Place>, id: string): string[] {
  const container = places.get(id)?.container?.id
  return container === undefined ? [] : [container, ...containersOf(places, container)]
}

function waitsFor(places: Map<string, Place>, stage: string, dependency: string): string {
  const around = new Set(containersOf(places, stage))
  return (
    containersOf(places, dependency)
      .filter((id) => !around.has(id))
      .at(-1) ?? dependency
  )
}

function orderOf(sketches: readonly StageSketch[], waits: Map<string, readonly string[]>): string[] {
  const order: string[] = []
  const visit = (id: string, path: readonly string[]) => {
    if (order.includes(id) || path.includes(id)) return
    for (const before of waits.get(id) ?? []) visit(before, [...path, id])
    order.push(id)
  }
  for (const { id } of sketches) visit(id, [])
  return order
}

const ownedBy = ({ component, config = {} }: StageSketch): string[] =>
  (componentOf(component ?? 'transform')?.owns?.(config) ?? []).flatMap(({ ids }) => ids)

/** The sketches of a foreach's body: what it owns, and what that owns in turn. */
function bodySketches(loop: StageSketch, sketches: readonly StageSketch[]): readonly StageSketch[] {
  const inside = new Set<string>()
  const add = (id: string) => {
    if (inside.has(id)) return
    inside.add(id)
    for (const sketch of sketches) if (sketch.id === id) ownedBy(sketch).forEach(add)
  }
  ownedBy(loop).forEach(add)
  return sketches.filter(({ id }) => inside.has(id))
}

const iterates = ({ component }: StageSketch) => componentOf(component ?? 'transform')?.iterates === true

/** A plan from sketches, without any of the checks a document has to pass: engine tests also need impossible graphs. */
export function planOf(all: readonly StageSketch[], output?: Json): Plan {
  const bodies = new Map(all.filter(iterates).map((loop) => [loop.id, bodySketches(loop, all)]))
  const repeated = new Set([...bodies.values()].flat())
  const sketches = all.filter((sketch) => !repeated.has(sketch))
  const places = placesOf(sketches)
  const dependencies = new Map(
    sketches.map(({ id, depends_on = [] }) => [
      id,
      depends_on.map((stage) => ({ stage, waitsFor: waitsFor(places, id, stage) })),
    ]),
  )
  const waits = new Map(
    sketches.map(({ id }) => [
      id,
      [...(places.get(id)?.waits ?? []), ...(dependencies.get(id) ?? []).map((d) => d.waitsFor)],
    ]),
  )
  const order = orderOf(sketches, waits)
  const stages = new Map(sketches.map((sketch, index) => [sketch.id, plannedStage(sketch, index)]))

  function plannedStage(sketch: StageSketch, index: number): PlannedStage {
    const { id, component: type = 'transform', config = type === 'transform' ? { value: id } : {} } = sketch
    const component = componentOf(type)
    if (component === null) throw new Error(`no component ${type}`)
    const { retry, ...rest } = config as { retry?: JsonObject }
    const { condition, ...policy } = retry ?? {}
    return {
      id,
      index,
      order: order.indexOf(id),
      type: component.type,
      component,
      document: config,
      raw: {},
      config: compiled(retry === undefined ? config : { ...rest, retry: policy }),
      late: new Map(condition === undefined ? [] : [['/retry/condition', compiled(condition)]]),
      dependsOn: dependencies.get(id) ?? [],
      container: places.get(id)?.container ?? null,
      chooser: places.get(id)?.chooser ?? null,
      lists: listsOf(sketch),
      dependents: sketches.filter((other) => waits.get(other.id)?.includes(id)).map((other) => other.id),
      join: sketch.join ?? 'all',
      enabled: sketch.enabled ?? true,
      onError: sketch.on_error ?? 'fail',
      timeoutMs: 30_000,
      safety: component.safety(config),
      body: component.iterates === true ? planOf(bodies.get(id) ?? []) : null,
    }
  }

  const root = order.filter((id) => places.get(id)?.container === null)
  return {
    name: 'test',
    stages,
    order,
    root,
    leaves: root.filter(
      (id) => stages.get(id)?.enabled && stages.get(id)?.dependents.every((other) => !root.includes(other)),
    ),
    output: output === undefined ? null : compiled(output),
    settings: { timeout_ms: 900_000, concurrency: null, retention_days: null },
    needs: { variables: [], secrets: [], hosts: [], components: [] },
    pure: [...stages.values()].every(({ safety }) => safety === 'pure'),
    inline: true,
  }
}
