import type { ComponentDefinition, Safety } from '../components/define-component'
import type { CompiledValue } from '../expression/compile-value'
import type { JsonObject } from '../kernel/json'
import type { Workflow, WorkflowSettings } from './document'

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
  /** The config without its `late` parts. */
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

/** What a document asks of its surroundings (`needs` of a version). Sorted, unique. */
export type Needs = {
  readonly variables: readonly string[]
  readonly secrets: readonly string[]
  /** Hosts written literally in `url`s. */
  readonly hosts: readonly string[]
  readonly components: readonly string[]
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

export type CompilePlan = (workflow: Workflow) => Plan
