import type { RandomBytes } from '#core/kernel/id'

/** Unpredictable bytes from the platform. */
export const randomBytes: RandomBytes = (length) => crypto.getRandomValues(new Uint8Array(length))
