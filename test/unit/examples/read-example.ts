import { readFileSync } from 'node:fs'
import type { JsonObject } from '#core/kernel/json'

export type ExampleStage = {
  id: string
  component: string
  depends_on?: string[]
  config: JsonObject
  on_error?: string
}
export type Example = JsonObject & { name: string; triggers: JsonObject[]; stages: ExampleStage[] }

/** A file of examples/, parsed. */
export function readExample(name: string): Example {
  return JSON.parse(readFileSync(new URL(`../../../examples/${name}`, import.meta.url), 'utf8')) as Example
}
