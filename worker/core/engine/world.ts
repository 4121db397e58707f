import type { Json } from '../kernel/json'

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
  /** W3C trace context of whoever started the execution. */
  readonly traceparent?: string
  readonly variable: (name: string) => Json | undefined
  readonly secret: (name: string) => string | undefined
}
