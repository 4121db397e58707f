import * as z from 'zod'

/** Controls, line and paragraph separators, halves of characters, and marks that turn the direction of the text around. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

/** What people call something: one line of printable text. */
export function nameShape(lengthMax: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(lengthMax)
    .refine((text) => !UNPRINTABLE.test(text), 'a name is one line of printable text')
}
