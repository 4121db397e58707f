import { session } from '../session/session.svelte.ts'

export type Option = { readonly value: string; readonly text: string }

const asOption = (name: string): Option => ({ value: name, text: name })

/** The workflows and environments there are to choose from. A failure leaves the lists empty: filters are no must. */
export class FilterOptions {
  workflows = $state.raw<readonly Option[]>([])
  environments = $state.raw<readonly Option[]>(['development', 'staging', 'production'].map(asOption))

  async load(): Promise<void> {
    const [workflows, environments] = await Promise.all([
      session.call((api) => api.listWorkflows({ query: { limit: 200 } })),
      session.call((api) => api.listEnvironments({})),
    ])
    if (workflows.ok) this.workflows = workflows.body.items.map(({ id, name }) => ({ value: id, text: name }))
    if (environments.ok) this.environments = environments.body.items.map(({ name }) => asOption(name))
  }
}
