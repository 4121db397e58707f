import type { AnswerOf } from '#core/contract/operation'
import type { ownIdentityOperations } from '#core/contract/own-identities'
import type { Problem } from '#core/contract/problem'
import { session } from '../session/session.svelte.ts'

export type Identity = AnswerOf<typeof ownIdentityOperations.listIdentities>['body']['items'][number]
type Provider = { readonly id: string; readonly name: string }

/** What opens one's own account: a password or none, and accounts elsewhere. */
export class WaysIn {
  identities = $state.raw<readonly Identity[]>([])
  providers = $state.raw<readonly Provider[]>([])
  hasPassword = $state(true)
  problem = $state<Problem | null>(null)

  async load(): Promise<void> {
    const [own, providers] = await Promise.all([
      session.call((api) => api.listIdentities({})),
      session.call((api) => api.listSignInProviders({})),
    ])
    this.problem = own.ok ? null : own.problem
    if (own.ok) {
      this.identities = own.body.items
      this.hasPassword = own.body.hasPassword
    }
    if (providers.ok) this.providers = providers.body.items
  }

  nameOf(provider: string): string {
    return this.providers.find(({ id }) => id === provider)?.name ?? provider
  }

  /** Goes to the provider, which sends the browser back here. Answers what went wrong, or null. */
  async connect(provider: string, password: string): Promise<Problem | null> {
    const reply = await session.call((api) => api.connectIdentity({ body: { provider, password } }))
    if (!reply.ok) return reply.problem
    location.assign(reply.body.url)
    return null
  }

  async disconnect(id: string): Promise<Problem | null> {
    const reply = await session.call((api) => api.disconnectIdentity({ params: { id } }))
    if (reply.ok || reply.status === 404) await this.load()
    return reply.ok ? null : reply.problem
  }
}
