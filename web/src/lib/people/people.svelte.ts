import type { peopleOperations } from '#core/contract/people'
import type { AnswerOf } from '#core/contract/operation'
import type { Problem } from '#core/contract/problem'
import type { Role } from '#core/contract/scopes'
import { PagedList } from '../list/paged-list.svelte.ts'
import type { Refusal } from '../session/ask.ts'
import { session } from '../session/session.svelte.ts'

export type Member = AnswerOf<typeof peopleOperations.listMembers>['body']['items'][number]
export type Invitation = AnswerOf<typeof peopleOperations.listInvitations>['body']['items'][number]

const PAGE_ROWS = 100

/** The members of the organization, and who was invited. Every change answers what went wrong, or null. */
export class People {
  readonly members = new PagedList<Member>((cursor) =>
    session.call((api) => api.listMembers({ query: { limit: PAGE_ROWS, ...cursor } })),
  )
  readonly invitations = new PagedList<Invitation>((cursor) =>
    session.call((api) => api.listInvitations({ query: { limit: PAGE_ROWS, ...cursor } })),
  )

  async load(): Promise<void> {
    await Promise.all([this.members.load(), this.invitations.load()])
  }

  async changeRole(id: string, role: Role): Promise<Problem | null> {
    const reply = await session.call((api) => api.changeMember({ params: { id }, body: { role } }))
    return this.#after(reply)
  }

  async remove(id: string): Promise<Problem | null> {
    return this.#after(await session.call((api) => api.removeMember({ params: { id } })))
  }

  async invite(email: string, role: Role): Promise<Problem | null> {
    return this.#after(await session.call((api) => api.createInvitation({ body: { email, role } })))
  }

  async withdraw(id: string): Promise<Problem | null> {
    return this.#after(await session.call((api) => api.deleteInvitation({ params: { id } })))
  }

  /** A member who was changed takes invitations along, and what was not found is gone: both lists are read again. */
  async #after(reply: { readonly ok: true } | Refusal): Promise<Problem | null> {
    if ((reply.ok || reply.status === 404) && session.state === 'signed_in') await this.load()
    return reply.ok ? null : reply.problem
  }
}
