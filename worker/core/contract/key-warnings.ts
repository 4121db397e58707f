import type { EpochMs } from '../kernel/time'

export const KEY_WARNINGS = ['old', 'expiring', 'unused'] as const
export type KeyWarning = (typeof KEY_WARNINGS)[number]

const DAY_MS = 86_400_000
/** A key should not be older than this (S89); nothing ends by itself. */
export const KEY_AGE_MS_MAX = 90 * DAY_MS
const EXPIRING_MS = 14 * DAY_MS

/** What somebody who looks after keys should know of one. */
export function keyWarnings(
  key: { readonly createdAt: EpochMs; readonly expiresAt: EpochMs | null; readonly lastUsedAt: EpochMs | null },
  now: EpochMs,
): KeyWarning[] {
  const { createdAt, expiresAt, lastUsedAt } = key
  const holds: Readonly<Record<KeyWarning, boolean>> = {
    old: now >= createdAt + KEY_AGE_MS_MAX,
    expiring: expiresAt !== null && expiresAt - now < EXPIRING_MS,
    unused: now >= (lastUsedAt ?? createdAt) + KEY_AGE_MS_MAX,
  }
  return KEY_WARNINGS.filter((warning) => holds[warning])
}
