import type * as z from 'zod'
import type { ComponentContext, Outcome } from './context'

/** pure: no effect at all · safe: repeating changes nothing outside · unsafe: repeating might (architecture 4.4 rule 7). */
export type Safety = 'pure' | 'safe' | 'unsafe'

/**
 * Wraps a number, boolean or enum field so that a document may hold one whole `{{ expression }}` in its place.
 * In a document it accepts both; in a resolved config only the value.
 */
export type Templating = <S extends z.ZodType>(schema: S) => S

/** Ids of stages named inside a config. `option`: enabled by the outcome, same scope · `scope`: owned by a container. */
export type OwnedStages = {
  /** JSON Pointer of the list inside the config, such as `/if_true` or `/cases/0/then`. */
  readonly pointer: string
  /** The name `taken` and the container phases use: `if_true`, `cases/0`, `try` … */
  readonly list: string
  readonly ids: readonly string[]
  readonly role: 'option' | 'scope'
}

/** Something wrong with a config that its schema cannot say. `pointer` leads into the config. */
export type ConfigFinding = {
  readonly pointer: string
  readonly code: string
  readonly message: string
  readonly hint?: string
}

export type ComponentDefinition<Type extends string = string, Config = never> = {
  readonly type: Type
  /** Other spellings a document may use (S133: `http-request`). */
  readonly aliases?: readonly string[]
  readonly title: string
  readonly description: string
  /** `branch`: its output's `taken` list names the options to enable · `container`: has phases run by the engine. */
  readonly kind: 'task' | 'branch' | 'container'
  readonly config: (t: Templating) => z.ZodType<Config>
  /** Judged on the document's config, before expressions are resolved. */
  readonly safety: (config: Readonly<Record<string, unknown>>) => Safety
  /** JSON Pointers of config parts that are not evaluated before the attempt, such as `/retry/condition`. */
  readonly late?: readonly string[]
  /** Keys of the config that are taken as written: `{{` means nothing in them, and a trace does not repeat them. */
  readonly raw?: readonly string[]
  /** What is wrong with a config as written, beyond its schema. Called with any object; never throws. */
  readonly check?: (config: Readonly<Record<string, unknown>>) => readonly ConfigFinding[]
  /** JSON Pointers inside the config of names of secrets it reads without an expression, by name. */
  readonly secrets?: (config: Readonly<Record<string, unknown>>) => readonly { pointer: string; name: string }[]
  readonly owns?: (config: Readonly<Record<string, unknown>>) => readonly OwnedStages[]
  /** A container that runs what it owns once per item its `run` answers (`opened`). */
  readonly iterates?: true
  /** Attempts when the config has no `retry` (S126); 1 = never again. */
  readonly attemptsDefault?: number
  /** Whether a failure may be tried again without a written condition. */
  readonly isTransient?: (outcome: Extract<Outcome, { kind: 'failed' }>) => boolean
  /** Output fields readable under a second name, as alias → field (`statusCode` → `status_code`). */
  readonly outputAliases?: Readonly<Record<string, string>>
  readonly run: (config: Config, ctx: ComponentContext) => Outcome | Promise<Outcome>
}

/** Gives a component's file its types; the register (index.ts) is the only list of them. */
export function defineComponent<Type extends string, Config>(
  definition: ComponentDefinition<Type, Config>,
): ComponentDefinition<Type, Config> {
  return definition
}
