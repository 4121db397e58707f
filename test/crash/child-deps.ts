import type { Ingress } from '../../worker/ports/ingress'
import { sha256Hex } from '../../worker/adapters/crypto/digest'
import type { ChildDeps } from '../../worker/services/start-child'

const OPEN_DOORS = JSON.stringify({ webhooks: [], inputSchema: null, manual: true })

/** What starting a child needs: every name is the workflow that asks, which takes any input. */
export function childDeps(ingress: Ingress, ref: string): ChildDeps {
  const stores = {
    workflows: { list: async () => ({ items: [{ id: 'itself' }] }) },
    deployments: { findByPlace: async () => ({ ref, snapshot: {} }) },
  }
  return {
    storesOf: () => stores as unknown as ReturnType<ChildDeps['storesOf']>,
    ingress,
    vault: { open: async () => OPEN_DOORS } as unknown as ChildDeps['vault'],
    digest: sha256Hex,
    report: () => undefined,
  }
}
