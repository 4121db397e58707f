import { vi } from 'vitest'
import { caller } from './caller'
import { startGroup } from './start-group'

const START_MS_MAX = 60_000

export type Person = { readonly subject: string; readonly email: string }

export type SignInStandIn = {
  /** What a server needs to offer both providers, and to meet the stand-in under their names. */
  readonly env: Record<string, string>
  /** The person says yes, unless the twist says otherwise. Answers where they are sent back to, and what was asked for. */
  readonly authorize: (
    url: string,
    person: Person,
    twist?: string,
  ) => Promise<{ readonly url: string; readonly asked: Readonly<Record<string, string>> }>
  /** Replaces the key that signs. */
  readonly rotate: () => Promise<void>
  readonly asked: () => Promise<readonly string[]>
  readonly end: () => Promise<void>
}

/** Starts what stands in for Google and GitHub, a process of its own. */
export async function startSignInProvider(): Promise<SignInStandIn> {
  const group = startGroup(['test/support/sign-in-provider.mjs', '--port', '0'])
  await vi.waitUntil(() => group.output().includes('\n'), { timeout: START_MS_MAX, interval: 20 })
  const { url } = JSON.parse(group.output().split('\n')[0] ?? '') as { url: string }
  const call = caller(url)
  const names = [`accounts.google.com=${url}/google`, `github.com=${url}/github`, `api.github.com=${url}/api`]
  return {
    env: {
      MILLRACE_DEV_HOST_MAP: names.join(','),
      GOOGLE_CLIENT_ID: 'google-client',
      GOOGLE_CLIENT_SECRET: 'google-secret',
      GITHUB_CLIENT_ID: 'github-client',
      GITHUB_CLIENT_SECRET: 'github-secret',
    },
    authorize: async (address, person, twist) =>
      (await call('POST', '/_authorize', { url: address, person, twist })).body as Awaited<
        ReturnType<SignInStandIn['authorize']>
      >,
    rotate: async () => void (await call('POST', '/_rotate', {})),
    asked: async () => (await call('GET', '/_asked')).body.asked as readonly string[],
    end: () => group.signal('SIGTERM'),
  }
}
