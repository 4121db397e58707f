import * as z from 'zod'
import type { Json } from '../kernel/json'
import { isLinearPattern } from '../kernel/linear-pattern'
import { fieldProblem } from './field-problem'

export const INPUT_TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array'] as const

const Bound = z.number()
const Length = z.int().min(0)

/** One field of a manual trigger's input (S13). */
export const InputField = z
  .strictObject({
    type: z.enum(INPUT_TYPES),
    required: z.boolean().optional(),
    title: z.string().max(200).optional(),
    description: z.string().max(1_000).optional(),
    enum: z.array(z.json()).min(1).max(1_000).optional(),
    default: z.json().optional(),
    min: Bound.optional(),
    max: Bound.optional(),
    minLength: Length.optional(),
    maxLength: Length.optional(),
    minItems: Length.optional(),
    maxItems: Length.optional(),
    pattern: z.string().max(1_000).optional(),
  })
  .superRefine((field, ctx) => {
    for (const [key, message] of contradictions(field)) ctx.addIssue({ code: 'custom', path: [key], message })
  })

export type InputField = z.output<typeof InputField>

const FieldName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/,
    'A field name has at most 64 letters, digits, - or _ and starts with a letter or _.',
  )
  .refine((name) => !['__proto__', 'constructor', 'prototype'].includes(name), 'This field name is reserved.')

/** Field name → rules. `__proto__` is looked for before the record is read, because reading one drops that key silently. */
export const InputSchema = z.preprocess(
  (written, ctx) => {
    if (typeof written === 'object' && written !== null && Object.hasOwn(written, '__proto__')) {
      ctx.addIssue({ code: 'custom', path: ['__proto__'], message: 'This field name is reserved.' })
    }
    return written
  },
  z.record(FieldName, InputField),
)
export type InputSchema = z.output<typeof InputSchema>

/** Options that only make sense for some types. */
const OPTIONS_OF: readonly (readonly [readonly (keyof InputField)[], readonly InputField['type'][]])[] = [
  [
    ['min', 'max'],
    ['number', 'integer'],
  ],
  [['minLength', 'maxLength', 'pattern'], ['string']],
  [['minItems', 'maxItems'], ['array']],
]

function* contradictions(field: InputField): Generator<readonly [string, string]> {
  for (const [keys, types] of OPTIONS_OF) {
    for (const key of keys) {
      if (field[key] !== undefined && !types.includes(field.type)) {
        yield [key, `"${key}" applies to ${types.join(' and ')} fields, and this one is a ${field.type}.`]
      }
    }
  }
  for (const [low, high] of [
    ['min', 'max'],
    ['minLength', 'maxLength'],
    ['minItems', 'maxItems'],
  ] as const) {
    if ((field[low] ?? -Infinity) > (field[high] ?? Infinity)) yield [low, `"${low}" is greater than "${high}".`]
  }
  if (field.pattern !== undefined && !isLinearPattern(field.pattern)) {
    yield [
      'pattern',
      'The pattern is not a regular expression that runs in linear time (no look-around, no back-references).',
    ]
    return
  }
  const { enum: _, ...withoutEnum } = field
  for (const choice of field.enum ?? []) {
    const problem = fieldProblem(withoutEnum, choice as Json)
    if (problem !== null) yield ['enum', `The choice ${JSON.stringify(choice)} ${problem.text}.`]
  }
  if (field.default === undefined) return
  const problem = fieldProblem(field, field.default as Json)
  if (problem !== null) yield ['default', `The default ${problem.text}.`]
}
