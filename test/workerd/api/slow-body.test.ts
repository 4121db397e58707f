import { env } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import { compose } from '../../../worker/compose'
import type { Bindings } from '../../../worker/env'
import { newKey, newOrganization, ORIGIN, send } from './support'

/** As long as an isolate may trust what it read of a key. */
const TRUST_MS = 30_000

afterEach(() => void vi.useRealTimers())

/** A call whose body comes when it is told to, to a Worker on the clock of the test. */
function heldCall(path: string, headers: Record<string, string>, body: object) {
  const { app } = compose(env as unknown as Bindings, (work) => void work.catch(() => undefined))
  const asked = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        asked.resolve()
        await held.promise
        controller.enqueue(new TextEncoder().encode(JSON.stringify(body)))
        controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  const request = new Request(ORIGIN + path, { method: 'POST', headers, body: stream })
  return { answer: Promise.resolve(app.fetch(request)), asked: asked.promise, send: held.resolve }
}

test.each([
  ['which was revoked meanwhile starts nothing', true, 401],
  ['which holds is served all the same', false, 201],
])('a body that comes late with a key %s (A-08)', async (_, isRevoked, status) => {
  const { session } = await newOrganization()
  const key = await newKey(session, ['keys:write', 'workflows:read'], { name: 'late' })
  const now = Date.now()
  vi.setSystemTime(now)
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const call = heldCall('/v1/keys', headers, { name: 'kept', scopes: ['workflows:read'] })
  await call.asked
  const { items } = await (
    await send('/v1/keys', { headers: session })
  ).json<{ items: { id: string; name: string }[] }>()
  const own = items.find(({ name }) => name === 'late')?.id ?? ''
  if (isRevoked) expect((await send(`/v1/keys/${own}`, { method: 'DELETE', headers: session })).status).toBe(204)
  vi.setSystemTime(now + TRUST_MS)
  call.send()
  expect((await call.answer).status).toBe(status)
})
