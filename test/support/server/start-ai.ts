import { vi } from 'vitest'
import { caller } from './caller'
import { startGroup } from './start-group'

const START_MS_MAX = 60_000

/** One question as the model saw it. */
export type Question = {
  readonly path: string
  readonly key: string | null
  readonly mode: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: { readonly model: string; readonly response_format?: unknown }
}

export type Ai = {
  readonly url: string
  /** What a server needs to ask it, directly and through the gateway. */
  readonly env: Record<string, string>
  readonly asked: () => Promise<readonly Question[]>
  readonly end: () => Promise<void>
}

/** Starts the language model, a process of its own. */
export async function startAi(): Promise<Ai> {
  const group = startGroup(['test/support/ai-server.mjs', '--port', '0'])
  await vi.waitUntil(() => group.output().includes('\n'), { timeout: START_MS_MAX, interval: 20 })
  const { url } = JSON.parse(group.output().split('\n')[0] ?? '') as { url: string }
  const call = caller(url)
  return {
    url,
    env: {
      AI_BASE_URL: url,
      AI_API_KEY: 'model-key',
      AI_GATEWAY_ACCOUNT_ID: 'acc',
      AI_GATEWAY_ID: 'main',
      AI_GATEWAY_TOKEN: 'gateway-token',
      AI_GATEWAY_API_KEY: 'provider-key',
      MILLRACE_DEV_HOST_MAP: `gateway.ai.cloudflare.com=${url}`,
    },
    asked: async () => (await call('GET', '/_asked')).body.asked as readonly Question[],
    end: () => group.signal('SIGTERM'),
  }
}
