import * as z from 'zod'
import { OwnPathShape } from '#core/contract/own-path-shape'
import { encodeBytes } from '#core/kernel/crockford'
import type { RandomBytes } from '#core/kernel/id'
import type { SignInBinding } from '../ports/sign-in-provider'

const Text = z.string().max(500)

const way = {
  purpose: z.literal('sign_in'),
  next: OwnPathShape.nullable(),
  /** As it stood in the letter. */
  invitation: Text.nullable(),
}
const bound = { provider: Text, state: Text, nonce: Text, verifier: Text }
const identity = z.strictObject({ provider: Text, issuer: Text, subject: Text, email: Text })

const Flow = z.discriminatedUnion('purpose', [
  z.strictObject({ ...way, ...bound }),
  z.strictObject({ purpose: z.literal('connect'), userId: Text, ...bound }),
  z.strictObject({ ...way, purpose: z.literal('finish'), secret: Text, identity }),
])

/**
 * What a sign-in with a provider is about, from one step to the next: somebody on their way to the provider (`sign_in`,
 * `connect`), or back from it and asked for something more (`finish`).
 */
export type SignInFlow = z.output<typeof Flow>
export type BoundFlow = Exclude<SignInFlow, { readonly purpose: 'finish' }>

export const SIGN_IN_FLOW_MS = 10 * 60_000
const TICKET_CHARS_MAX = 4_000

/** A text that fits into a cookie. Its hash is kept here: one that was changed, or made up, is no flow that was started. */
export function writeTicket(flow: SignInFlow): string {
  return encodeURIComponent(JSON.stringify(flow))
}

/** Null for what is no ticket. What it says counts only once its hash was found. */
export function readTicket(ticket: string | null): SignInFlow | null {
  if (ticket === null || ticket.length > TICKET_CHARS_MAX) return null
  try {
    return Flow.safeParse(JSON.parse(decodeURIComponent(ticket))).data ?? null
  } catch {
    return null
  }
}

/** Three texts nobody can guess, each 256 random bits. */
export function newBinding(randomBytes: RandomBytes): Omit<SignInBinding, 'redirectUri'> {
  const text = () => encodeBytes(randomBytes(32))
  return { state: text(), nonce: text(), verifier: text() }
}

export function redirectUriOf(origin: string, provider: string): string {
  return `${origin.replace(/\/+$/, '')}/v1/auth/oauth/${provider}/callback`
}
