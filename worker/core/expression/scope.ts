import type { Json } from '../kernel/json'

/** What `stages.<id>` offers. A skipped stage has output null. */
export type StageView = {
  readonly status: string
  readonly output: Json
  readonly error: Json
  readonly attempts: number
  readonly duration: number | null
}

/**
 * The values an expression may read. Lookups answer undefined for what does not exist, which an expression reports by
 * name. `output`, `item` and `index` are absent outside the places that have them. Only own properties are ever read.
 */
export type Scope = {
  readonly input: Json
  readonly trigger: Json
  readonly execution: Json
  readonly stage: (id: string) => StageView | undefined
  readonly variable: (name: string) => Json | undefined
  readonly secret: (name: string) => Json | undefined
  readonly output?: Json | undefined
  readonly item?: Json | undefined
  readonly index?: number | undefined
}
