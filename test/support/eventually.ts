import { vi } from 'vitest'

/** Asks until it no longer throws, and answers what it then answered. Patient: how fast that is, is for the bench to say. */
export async function eventually<T>(read: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(read, { timeout: 30_000, interval: 50 })
}
