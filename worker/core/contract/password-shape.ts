import * as z from 'zod'
import { utf8Length } from '../kernel/utf8-length'
import { isCommonPassword } from './common-passwords'

export const PASSWORD_CHARS_MIN = 12
const PASSWORD_BYTES_MAX = 1_024

const TOO_LONG = `a password has at most ${PASSWORD_BYTES_MAX} bytes`
const LONGER = 'Take several words, or have a password manager make one.'
const RARER = 'Take words that nobody would put together, or have a password manager make one.'

/** A password as it may be given to sign in: bounded before anything slow looks at it. */
export const GivenPasswordShape = z
  .string()
  .min(1)
  .refine((password) => utf8Length(password) <= PASSWORD_BYTES_MAX, TOO_LONG)

/** A password as it may be chosen. Any characters; long, and not among those everybody tries first. */
export const NewPasswordShape = GivenPasswordShape.refine((password) => [...password].length >= PASSWORD_CHARS_MIN, {
  message: `a password has at least ${PASSWORD_CHARS_MIN} characters`,
  params: { code: 'too_short', hint: LONGER },
}).refine((password) => !isCommonPassword(password), {
  message: 'this password is among those that are tried first; choose another',
  params: { code: 'too_common', hint: RARER },
})
