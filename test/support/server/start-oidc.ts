import { vi } from 'vitest'
import { caller } from './caller'
import { startGroup } from './start-group'

const START_MS_MAX = 60_000

export type Oidc = {
  readonly issuer: string
  /** What a server needs to meet the provider under the issuer's name. */
  readonly env: Record<string, string>
  /** A token with these claims, signed by the current key or by the one named. */
  readonly token: (claims: Readonly<Record<string, unknown>>, kid?: string) => Promise<string>
  /** Publishes a new key, beside the old ones or instead of them, and answers its id. */
  readonly rotate: (keep: boolean) => Promise<string>
  readonly goDown: (down: boolean) => Promise<void>
  /** The documents that were asked for, in that order. */
  readonly asked: () => Promise<readonly string[]>
  readonly end: () => Promise<void>
}

/** Starts an OpenID provider, a process of its own, under a name that only the server's settings know. */
export async function startOidc(host = 'issuer.example'): Promise<Oidc> {
  const issuer = `https://${host}`
  const group = startGroup(['test/support/oidc-provider.mjs', '--port', '0', '--issuer', issuer])
  await vi.waitUntil(() => group.output().includes('\n'), { timeout: START_MS_MAX, interval: 20 })
  const { url } = JSON.parse(group.output().split('\n')[0] ?? '') as { url: string }
  const call = caller(url)
  return {
    issuer,
    env: { MILLRACE_DEV_HOST_MAP: `${host}=${url}` },
    token: async (claims, kid) => (await call('POST', '/_token', { claims, kid })).body.token as string,
    rotate: async (keep) => (await call('POST', '/_rotate', { keep })).body.kid as string,
    goDown: async (down) => void (await call('POST', '/_down', { down })),
    asked: async () => (await call('GET', '/_asked')).body.asked as readonly string[],
    end: () => group.signal('SIGTERM'),
  }
}
