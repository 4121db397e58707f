import type { Clock, EpochMs } from '#core/kernel/time'
import { isSameText } from '#core/release/is-same-text'
import type { Digest } from '../ports/digest'
import type { IdentityStore } from '../ports/identity-store'
import type { KeyRow } from '../ports/key-store'
import { parseApiKey } from './api-key'
import type { Caller } from './caller'

/** How long an isolate may trust what it read: a revoked key dies everywhere within this time. */
const TRUST_MS = 30_000
const TOUCH_MS = 60_000
const REMEMBERED_MAX = 1_000

export type KeyFinder = {
  /** The caller a key speaks for, or null. A mistyped key costs no lookup. */
  find(text: string): Promise<Caller | null>
  /** Drops what is remembered of a key that was revoked here. */
  forget(id: string): void
  /** Drops what is remembered of an organization's keys. */
  forgetOrganization(organizationId: string): void
}

type FinderDeps = { readonly clock: Clock; readonly digest: Digest; readonly identity: IdentityStore }

/** Finds callers by API key, with a short memory. */
export function createKeyFinder(deps: FinderDeps): KeyFinder {
  const remembered = new Map<string, { readonly row: KeyRow; readonly readAt: EpochMs }>()

  const lookUp = async (prefix: string): Promise<KeyRow | null> => {
    const at = deps.clock()
    const known = remembered.get(prefix)
    if (known !== undefined && at - known.readAt < TRUST_MS) return known.row
    remembered.delete(prefix)
    const row = await deps.identity.findKey(prefix)
    if (row === null) return null
    if (remembered.size >= REMEMBERED_MAX) remembered.clear()
    remembered.set(prefix, { row, readAt: at })
    if (at - (row.lastUsedAt ?? 0) >= TOUCH_MS) await deps.identity.touchKey(row.id, at)
    return row
  }

  return {
    async find(text) {
      const key = parseApiKey(text)
      if (key === null) return null
      const row = await lookUp(key.prefix)
      if (row === null || !isSameText(row.hash, deps.digest(key.text))) return null
      if (row.expiresAt !== null && row.expiresAt <= deps.clock()) return null
      return toCaller(row)
    },
    forget(id) {
      for (const [prefix, { row }] of remembered) if (row.id === id) remembered.delete(prefix)
    },
    forgetOrganization(organizationId) {
      for (const [prefix, { row }] of remembered) if (row.organizationId === organizationId) remembered.delete(prefix)
    },
  }
}

function toCaller(row: KeyRow): Caller {
  return {
    organizationId: row.organizationId,
    actor: { id: row.id, email: row.createdBy.email },
    scopes: row.scopes,
    environments: row.environments,
    workflowIds: row.workflowIds,
    closedProjectIds: [],
    projectRoles: [],
    via: { kind: 'key', id: row.id, name: row.name },
  }
}
