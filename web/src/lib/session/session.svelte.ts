import { createClient, type Client } from '#core/contract/client'
import type { Problem } from '#core/contract/problem'
import { coversScope, type ProjectRole, projectScopes, type Role, type Scope } from '#core/contract/scopes'
import { ask, type Refusal } from './ask.ts'

type Organization = { readonly id: string; readonly name: string; readonly role: Role }
type Who = {
  readonly userId: string
  readonly email: string
  /** The organization this session works in, and the person's role there. */
  readonly organization: Organization
  readonly organizations: readonly Organization[]
  readonly scopes: readonly string[]
  /** What they may do in projects beyond these scopes. */
  readonly projectRoles: readonly { readonly id: string; readonly role: ProjectRole }[]
}
type SessionState = 'unknown' | 'signed_in' | 'signed_out' | 'unreachable'
type Opened = { readonly ok: true; readonly body: { readonly csrfToken: string } }

/** Who is signed in, and the only way to the API. The cookie itself is out of reach of scripts. */
class Session {
  state = $state<SessionState>('unknown')
  who = $state<Who | null>(null)
  problem = $state<Problem | null>(null)
  #csrfToken: string | null = null

  readonly #api: Client = createClient({
    baseUrl: '',
    fetch: (url, init) => fetch(url, { ...init, credentials: 'same-origin' }),
    headers: (): Record<string, string> => (this.#csrfToken === null ? {} : { 'x-csrf-token': this.#csrfToken }),
  })

  /** Calls the API. Resolves always; a session that has ended leads back to signing in. */
  async call<R extends { readonly ok: boolean }>(make: (api: Client) => Promise<R>): Promise<R | Refusal> {
    const reply = await ask(make(this.#api))
    const ended = !reply.ok && 'status' in reply && reply.status === 401
    if (ended && this.state === 'signed_in') this.#forget()
    return reply
  }

  /** Whether who is signed in may make a call that needs this scope; the server decides all the same. */
  can(scope: Scope): boolean {
    return this.who !== null && coversScope(this.who.scopes, scope)
  }

  /** Whether they may do so with a workflow: in its project, or in some project when it is not known which it is in. */
  canIn(projectId: string | null | undefined, scope: Scope): boolean {
    const roles = this.who?.projectRoles.filter(({ id }) => projectId === undefined || id === projectId) ?? []
    return this.can(scope) || roles.some(({ role }) => coversScope(projectScopes(role), scope))
  }

  /** Finds out whether the cookie still opens a session. */
  async load(): Promise<void> {
    const reply = await ask(this.#api.getMe({}))
    if (reply.ok) {
      const { user, organizations, organizationId, scopes, projectRoles, csrfToken } = reply.body
      const nameless: Organization = { id: organizationId, name: organizationId, role: 'viewer' }
      const organization = organizations.find(({ id }) => id === organizationId) ?? nameless
      this.#csrfToken = csrfToken
      this.who = { userId: user?.id ?? '', email: user?.email ?? '', organization, organizations, scopes, projectRoles }
      this.problem = null
      this.state = 'signed_in'
      return
    }
    this.problem = reply.problem
    if (reply.status === 401) this.#forget()
    else this.state = 'unreachable'
  }

  /** Answers what went wrong, or null when the session is open. */
  async signIn(credentials: {
    readonly email: string
    readonly password: string
    readonly code?: string
    readonly invitation?: string
  }): Promise<Problem | null> {
    return this.#open(await ask(this.#api.signIn({ body: credentials })))
  }

  /** Makes an account, with an organization of its own or by an invitation. Answers what went wrong, or null when the session is open. */
  async signUp(account: {
    readonly email: string
    readonly password: string
    readonly organizationName?: string
    readonly invitation?: string
  }): Promise<Problem | null> {
    return this.#open(await ask(this.#api.signUp({ body: account })))
  }

  /** Gives what a sign-in with a provider still asks for. Answers what went wrong, or null when the session is open. */
  async finishSignIn(
    given: { readonly code: string } | { readonly organizationName: string },
  ): Promise<Problem | null> {
    return this.#open(await ask(this.#api.finishSignInWith({ body: given })))
  }

  async signOut(): Promise<void> {
    await ask(this.#api.signOut({}))
    this.#forget()
  }

  /** Goes on in another organization. Answers what went wrong, or null. */
  async switchTo(organizationId: string): Promise<Problem | null> {
    return this.#open(await this.call((api) => api.switchOrganization({ body: { organizationId } })))
  }

  /** Sets a new password; sessions elsewhere end. Answers what went wrong, or null. */
  async changePassword(current: string, next: string): Promise<Problem | null> {
    return this.#open(await this.call((api) => api.changePassword({ body: { current, next } })))
  }

  async #open(reply: Opened | Refusal): Promise<Problem | null> {
    if (!reply.ok) return reply.problem
    this.#csrfToken = reply.body.csrfToken
    await this.load()
    return this.state === 'signed_in' ? null : this.problem
  }

  #forget(): void {
    this.#csrfToken = null
    this.who = null
    this.state = 'signed_out'
  }
}

export const session = new Session()
