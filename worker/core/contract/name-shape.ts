import * as z from 'zod'
import { isOneLine, ONE_LINE_RULE } from '../kernel/is-one-line'

/** What people call something: one line of printable text. */
export function nameShape(lengthMax: number) {
  return z.string().trim().min(1).max(lengthMax).refine(isOneLine, ONE_LINE_RULE)
}
