import { session } from '../session/session.svelte.ts'

type Option = { readonly value: string; readonly text: string }

const ROWS_MAX = 200

/** Who may have done something: members, keys, and the service itself. A failure leaves the list short: filters are no must. */
export class ActorOptions {
  all = $state.raw<readonly Option[]>([])

  async load(): Promise<void> {
    const query = { limit: ROWS_MAX }
    const [members, keys] = await Promise.all([
      session.can('members:write') ? session.call((api) => api.listMembers({ query })) : null,
      session.can('keys:write') ? session.call((api) => api.listKeys({ query })) : null,
    ])
    this.all = [
      ...(members?.ok === true ? members.body.items.map(({ id, email }) => ({ value: id, text: email })) : []),
      ...(keys?.ok === true ? keys.body.items.map(({ id, name }) => ({ value: id, text: `key: ${name}` })) : []),
      { value: 'system', text: 'Millrace itself' },
    ]
  }
}
