import { session } from '../session/session.svelte.ts'

/** Whether who is signed in has confirmed their address; null where only admins and owners are told. */
export async function readVerified(): Promise<boolean | null> {
  if (!session.can('members:write')) return null
  const reply = await session.call((api) => api.listMembers({ query: { limit: 200 } }))
  const own = reply.ok ? reply.body.items.find(({ id }) => id === session.who?.userId) : undefined
  return own?.emailVerified ?? null
}
