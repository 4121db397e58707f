import type { OwnedStages } from '../components/define-component'
import { orderNodes } from './order-nodes'

/** Lists of a container that run one after the other; stages of all other lists run side by side. */
const PHASES = ['try', 'catch', 'finally']
/** The list of a container whose stages run once per item. */
const REPEATED = 'do'

/** What the graph asks of a stage. Ids are unique; what `dependsOn` and `owned` name may be missing. */
export type GraphStage = {
  readonly id: string
  readonly dependsOn: readonly string[]
  readonly owned: readonly OwnedStages[]
}

export type Container = { readonly id: string; readonly list: string }
export type Chooser = { readonly id: string; readonly lists: readonly string[] }

/** A stage that two owners claim: the second claim is not followed. */
export type Conflict = {
  readonly stage: string
  readonly kind: 'container' | 'chooser' | 'scope'
  readonly first: string
  readonly second: string
  /** Where the second claim is written, relative to the second owner's config. */
  readonly pointer: string
}

const isRepeated = (container: Container | undefined) => container?.list === REPEATED

/**
 * Who runs inside whom and who waits for whom. Each stage is two points, its start and its end; a container ends after
 * whatever it contains. A stage may have run before another exactly when its end lies before the other's start.
 */
export class Graph {
  readonly containerOf = new Map<string, Container>()
  readonly chooserOf = new Map<string, Chooser>()
  readonly conflicts: Conflict[] = []
  /** Rings of stages that wait for each other; empty = the graph has an order. */
  readonly cycles: readonly (readonly string[])[]
  /** Every id, a stage behind whatever it waits for; ties as given. Those on or behind a cycle come last. */
  readonly order: readonly string[]

  readonly #stages: ReadonlyMap<string, GraphStage>
  readonly #index: ReadonlyMap<string, number>
  readonly #edges: number[][] = []
  readonly #nodes: readonly number[]
  /** By point, the stages that ended before it, as bits; made when first asked for. */
  #before: readonly Uint32Array[] | null = null

  constructor(stages: readonly GraphStage[]) {
    this.#stages = new Map(stages.map((stage) => [stage.id, stage]))
    this.#index = new Map(stages.map((stage, index) => [stage.id, index]))
    for (const stage of stages) this.#claim(stage, 'scope')
    for (const stage of stages) this.#claim(stage, 'option')
    for (const stage of stages) this.#inheritContainer(stage.id, new Set())
    for (const stage of stages) this.#connect(stage)
    const { order, cycles } = orderNodes(this.#edges)
    const ids = stages.map(({ id }) => id)
    this.order = order.filter((node) => node < ids.length * 2 && node % 2 === 0).map((node) => ids[node / 2] ?? '')
    this.cycles = cycles.map((nodes) => this.#ringOf(nodes, ids)).filter((ring) => ring.length > 0)
    this.#nodes = order
  }

  has(id: string): boolean {
    return this.#stages.has(id)
  }

  /** The containers a stage runs in, innermost first. */
  containersOf(id: string): readonly string[] {
    const chain: string[] = []
    for (
      let at = this.containerOf.get(id);
      at !== undefined && !chain.includes(at.id);
      at = this.containerOf.get(at.id)
    ) {
      chain.push(at.id)
    }
    return chain
  }

  /** The foreach around a stage whose iterations it is part of; null = it runs once. */
  loopOf(id: string): string | null {
    return [id, ...this.containersOf(id)].map((inner) => this.containerOf.get(inner)).find(isRepeated)?.id ?? null
  }

  /** Whether a stage runs where another does, or around that: not once for each item of a foreach the other is not in. */
  isAround(id: string, inner: string): boolean {
    const loop = this.loopOf(id)
    return loop === null || this.containersOf(inner).some((container) => container === loop)
  }

  /** What has to end before `dependent` can judge `dependency`: itself, or the outermost container only it is in. */
  waitsFor(dependent: string, dependency: string): string {
    const around = new Set([dependent, ...this.containersOf(dependent)])
    let waited = dependency
    for (const container of this.containersOf(dependency)) {
      if (around.has(container)) break
      waited = container
    }
    return waited
  }

  /** Whether `earlier` may have run when `later` starts: it lies before it by dependencies, choices and containers. */
  mayHaveRunBefore(earlier: string, later: string): boolean {
    const [a, b] = [this.#index.get(earlier), this.#index.get(later)]
    if (a === undefined || b === undefined) return false
    if (this.#isTryOf(earlier, later)) return true
    this.#before ??= this.#collectBefore()
    return (((this.#before[b * 2]?.[a >> 5] ?? 0) >>> (a & 31)) & 1) === 1
  }

  /** Whether a stage runs in the catch or finally of a trycatch, which knows by then how its try ended. */
  #isTryOf(container: string, inner: string): boolean {
    const around = [inner, ...this.containersOf(inner)]
    return around.some((id) => {
      const place = this.containerOf.get(id)
      return place?.id === container && PHASES.indexOf(place.list) > 0
    })
  }

  #claim(owner: GraphStage, role: OwnedStages['role']): void {
    for (const owned of owner.owned) {
      if (owned.role !== role) continue
      for (const [i, id] of owned.ids.entries()) {
        if (!this.#stages.has(id)) continue
        const pointer = `${owned.pointer}/${i}`
        if (role === 'scope') this.#contain(owner.id, owned.list, id, pointer)
        else this.#choose(owner.id, owned.list, id, pointer)
      }
    }
  }

  #contain(owner: string, list: string, stage: string, pointer: string): void {
    const known = this.containerOf.get(stage)
    if (known === undefined) this.containerOf.set(stage, { id: owner, list })
    else this.conflicts.push({ stage, kind: 'container', first: known.id, second: owner, pointer })
  }

  #choose(owner: string, list: string, stage: string, pointer: string): void {
    const known = this.chooserOf.get(stage)
    if (known === undefined) this.chooserOf.set(stage, { id: owner, lists: [list] })
    else if (known.id === owner) this.chooserOf.set(stage, { id: owner, lists: [...new Set([...known.lists, list])] })
    else this.conflicts.push({ stage, kind: 'chooser', first: known.id, second: owner, pointer })
  }

  /** A stage that a branch names runs where the branch runs; naming it in another list contradicts that. */
  #inheritContainer(id: string, seen: Set<string>): void {
    const chooser = this.chooserOf.get(id)
    if (chooser === undefined || seen.has(id)) return
    seen.add(id)
    this.#inheritContainer(chooser.id, seen)
    const inherited = this.containerOf.get(chooser.id)
    const own = this.containerOf.get(id)
    if (own === undefined) {
      if (inherited !== undefined && inherited.id !== id) this.containerOf.set(id, inherited)
    } else if (own.id !== inherited?.id || own.list !== inherited.list) {
      if (this.conflicts.some(({ kind, stage }) => kind === 'scope' && stage === id)) return
      this.conflicts.push({ stage: id, kind: 'scope', first: own.id, second: chooser.id, pointer: '' })
    }
  }

  #link(from: number, to: number): void {
    ;(this.#edges[to] ??= []).push(from)
  }

  #connect(stage: GraphStage): void {
    const index = this.#index.get(stage.id) ?? 0
    const [start, end] = [index * 2, index * 2 + 1]
    this.#edges[start] ??= []
    this.#link(start, end)
    for (const dependency of stage.dependsOn) {
      const waited = this.#index.get(this.waitsFor(stage.id, dependency))
      const named = this.#index.get(dependency)
      if (waited !== undefined && named !== undefined) this.#link(waited * 2 + 1, start)
    }
    const chooser = this.#index.get(this.chooserOf.get(stage.id)?.id ?? '')
    if (chooser !== undefined) this.#link(chooser * 2 + 1, start)
    const container = this.containerOf.get(stage.id)
    const outer = container === undefined ? undefined : this.#index.get(container.id)
    if (container === undefined || outer === undefined) return
    this.#link(outer * 2, start)
    this.#link(end, outer * 2 + 1)
    this.#connectPhases(container, outer, start, end)
  }

  /** One point per container and phase: everything of the earlier phases lies before it, everything of its own behind. */
  #connectPhases(container: Container, outer: number, start: number, end: number): void {
    const phase = PHASES.indexOf(container.list)
    if (phase === -1) return
    const gate = (of: number) => this.#stages.size * 2 + outer * PHASES.length + of
    if (phase > 0) {
      this.#link(gate(phase), start)
      for (let i = 1; i < phase; i++) this.#link(gate(i), gate(i + 1))
    }
    for (let later = phase + 1; later < PHASES.length; later++) this.#link(end, gate(later))
  }

  #ringOf(nodes: readonly number[], ids: readonly string[]): string[] {
    const ring = nodes.filter((node) => node < ids.length * 2).map((node) => ids[node >> 1] ?? '')
    return ring.filter((id, i) => ring.indexOf(id) === i)
  }

  #collectBefore(): Uint32Array[] {
    const stages = this.#stages.size
    const sets: Uint32Array[] = []
    for (const node of this.#nodes) {
      const set = new Uint32Array((stages >> 5) + 1)
      for (const earlier of this.#edges[node] ?? []) {
        sets[earlier]?.forEach((bits, word) => (set[word] = (set[word] ?? 0) | bits))
        const index = earlier >> 1
        if (earlier < stages * 2 && earlier % 2 === 1) set[index >> 5] = (set[index >> 5] ?? 0) | (1 << (index & 31))
      }
      sets[node] = set
    }
    return sets
  }
}
