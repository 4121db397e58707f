import * as z from 'zod'

const LOCAL_CHARS_MAX = 64

/**
 * An email address in its one spelling: compatibility forms folded (NFKC), lower case. Letters beyond ASCII, which can look
 * like others, are refused; international domains are written in their `xn--` form, where they look like nothing else.
 */
export const EmailShape = z
  .string()
  .max(320)
  .normalize('NFKC')
  .trim()
  .toLowerCase()
  .regex(z.regexes.email, 'an email address reads name@example.com, in ASCII; an international domain starts with xn--')
  .refine((email) => email.indexOf('@') <= LOCAL_CHARS_MAX, 'the part before the @ has at most 64 characters')

/** An address somebody claims to have, in its one spelling; whether it could exist is not told. */
export const ClaimedEmailShape = z.string().max(320).normalize('NFKC').trim().toLowerCase()
