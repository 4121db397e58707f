import type { Json, JsonObject } from '../kernel/json'

/** What an execution was started with and runs in: everything expressions read besides its stages. */
export type World = {
  readonly executionId: string
  readonly workflow: string
  readonly version: string
  readonly environment: string
  /** `manual`, `webhook`, `schedule` … */
  readonly triggerType: string
  readonly input: Json
  /** What `trigger` gives expressions: `{type, id, …}`. */
  readonly trigger: Json
  /** Links that send the signals the workflow waits for, by name. */
  readonly signalLinks?: JsonObject
  /** W3C trace context of whoever started the execution. */
  readonly traceparent?: string
  /** Outputs that stand in for stages, by id; only in tests. */
  readonly mocks?: JsonObject
  readonly variable: (name: string) => Json | undefined
  readonly secret: (name: string) => string | undefined
}
