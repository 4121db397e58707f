import * as z from 'zod'

/** Who makes it start: a caller of the API, the clock, an HTTP request, or a poller. */
export type TriggerSource = 'call' | 'time' | 'request' | 'poll'

/** Why a document's trigger cannot be deployed although it is written correctly; `path` is relative to the trigger. */
export type TriggerRefusal = { readonly path: string; readonly message: string; readonly hint: string }

/** Kept across versions: webhook tokens, schedules and ledgers hang on it. Default `<type>`, `<type>-2` … */
export const TriggerId = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_-]{0,63}$/,
    'A trigger id starts with a letter and has at most 64 letters, digits, - or _.',
  )
  .refine((id) => id !== 'constructor' && id !== 'prototype', 'This trigger id is reserved.')
  .meta({
    title: 'Id',
    description: 'Unique within the workflow; keep it, and webhook URLs and schedules stay the same.',
  })

export type TriggerParts<Type extends string, Shape extends z.ZodRawShape> = {
  readonly type: Type
  readonly title: string
  readonly description: string
  readonly source: TriggerSource
  /** False: the document may hold it, deploying it is refused with `trigger_not_available`. */
  readonly available: boolean
  /** Everything a document may write beside `type` and `id`. Custom issues carry `params: {code, hint}`. */
  readonly config: Shape
  /** JSON Pointers, relative to the trigger, of the strings that must not hold a credential literally. */
  readonly credentials: readonly string[]
}

/** Gives a trigger's file its types and its strict document schema; the register (index.ts) is the only list of them. */
export function defineTrigger<const Type extends string, Shape extends z.ZodRawShape>(
  parts: TriggerParts<Type, Shape>,
) {
  const document = z.strictObject({ type: z.literal(parts.type), id: TriggerId.optional(), ...parts.config })
  return { ...parts, document }
}
