import type { Fetch } from './follow'

/** The platform's fetch. Nothing else in the worker calls it, so that whatever leaves has been judged (egress.md). */
export const platformFetch: Fetch = (url, init) => fetch(url, init)
