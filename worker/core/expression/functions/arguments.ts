import type { Json, JsonObject } from '../../kernel/json'
import { EvaluationStop, type Evaluation } from '../evaluation-stop'
import { typeName } from '../values'

/** The evaluated arguments of one call, read with their expected types; a wrong one stops with its own words. */
export class Arguments {
  readonly run: Evaluation
  readonly #function: string
  readonly #values: readonly Json[]
  readonly #names: readonly string[]

  constructor(name: string, values: readonly Json[], names: readonly string[], run: Evaluation) {
    this.#function = name
    this.#values = values
    this.#names = names
    this.run = run
  }

  get count(): number {
    return this.#values.length
  }

  value(index: number): Json {
    return this.#values[index] ?? null
  }

  text(index: number, fallback?: string): string {
    const value = this.#values[index]
    if (value === undefined && fallback !== undefined) return fallback
    if (typeof value !== 'string') return this.#refuse(index, 'text')
    if (value.length > 1_000) this.run.spendText(value.length)
    return value
  }

  number(index: number, fallback?: number): number {
    const value = this.#values[index]
    if (value === undefined && fallback !== undefined) return fallback
    return typeof value === 'number' ? value : this.#refuse(index, 'a number')
  }

  integer(index: number, fallback?: number): number {
    const value = this.number(index, fallback)
    return Number.isSafeInteger(value) ? value : this.stop(`argument ${index + 1} must be a whole number`)
  }

  list(index: number): readonly Json[] {
    const value = this.#values[index]
    if (!Array.isArray(value)) return this.#refuse(index, 'a list')
    this.run.spend(value.length)
    return value as readonly Json[]
  }

  object(index: number): JsonObject {
    const value = this.#values[index]
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.#refuse(index, 'an object')
    return value as JsonObject
  }

  /** Charges for a text about to be built and refuses one that is too long. */
  building(chars: number): void {
    this.run.spendText(chars)
  }

  stop(reason: string, hint?: string): never {
    throw new EvaluationStop('bad_argument', `${this.#function}(): ${reason}`, hint)
  }

  #refuse(index: number, wanted: string): never {
    const value = this.value(index)
    const name = this.#names[index] ?? `argument ${index + 1}`
    return this.stop(
      `${name} is ${typeName(value)}, not ${wanted}`,
      value === null ? `Give it a default: ${name} ?? …` : undefined,
    )
  }
}
