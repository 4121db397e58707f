import type { Json, JsonObject } from '../kernel/json'

/** A stage as the program knows it: aliases normalised, every key present. */
export type Stage = {
  readonly id: string
  readonly name: string | null
  readonly description: string | null
  readonly component: string
  readonly depends_on: readonly string[]
  readonly config: JsonObject
  readonly join: 'all' | 'any' | 'always'
  readonly enabled: boolean
  readonly on_error: 'fail' | 'continue'
}

export type WorkflowSettings = {
  readonly timeout_ms: number
  /** Executions of one deployment that may be live at once; null = unlimited. */
  readonly concurrency: number | null
  readonly retention_days: number | null
}

/** A trigger with its id; the other keys are those of its type (triggers/registry.ts). */
export type Trigger = JsonObject & { readonly id: string; readonly type: string }

/** A valid document, normalised. Built by validateWorkflow only. */
export type Workflow = {
  readonly name: string
  readonly description: string | null
  /** Environments it may be deployed to; null = any. */
  readonly environment: readonly string[] | null
  readonly triggers: readonly Trigger[]
  readonly stages: readonly Stage[]
  /** Absent = the output of the last completed leaf. */
  readonly output?: Json
  readonly settings: WorkflowSettings
}
