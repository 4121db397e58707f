import type { ComponentDefinition, Safety } from '../components/define-component'
import { componentOf } from '../components/registry'
import type { CompiledValue } from '../expression/compile-value'
import { invariant } from '../kernel/assert'
import type { JsonObject } from '../kernel/json'
import type { Workflow, WorkflowSettings } from './document'
import { everyStage } from './every-stage'
import { Graph } from './graph'
import { needsOf, type Needs } from './needs'
import { planScope } from './plan-scope'
import { compileValid } from './split-late'

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
  /** The list of the container it runs in; null = the root scope of its plan. */
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
  /** What each iteration of a foreach runs, as a plan of its own; null for any other stage. */
  readonly body: Plan | null
}

/** Everything the engine asks of a document, built once per version; or of the body of a foreach in it. */
export type Plan = {
  readonly name: string
  /** Without those of a foreach's body. */
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

/**
 * Builds the plan of a document that validateWorkflow let pass (a stored version); throws for any other. Pure: the same
 * document gives the same plan.
 */
export function compilePlan(workflow: Workflow): Plan {
  const graph = new Graph(
    workflow.stages.map((stage) => ({
      id: stage.id,
      dependsOn: stage.depends_on,
      owned: componentOf(stage.component)?.owns?.(stage.config) ?? [],
    })),
  )
  invariant(graph.cycles.length === 0, 'a planned document has no cycles')
  const scope = planScope(workflow, graph, null)
  const output = workflow.output === undefined ? null : compileValid(workflow.output)
  const planned = everyStage(scope)
  const compiled = planned.flatMap(({ config, late }) => [config, ...late.values()])
  return {
    ...scope,
    output,
    needs: needsOf(workflow, output === null ? compiled : [...compiled, output]),
    pure: planned.every(({ safety }) => safety === 'pure'),
    inline: planned.every(({ type, document }) => !WAITING.has(type) && document['at_most_once'] !== true),
  }
}
