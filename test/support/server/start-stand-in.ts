import { vi } from 'vitest'
import { caller } from './caller'
import { startGroup } from './start-group'

const START_MS_MAX = 60_000

/** The hosts of the sample pipeline, as its sample input names them. */
const HOSTS = [
  'api.github.com',
  'kubernetes.default.svc',
  'staging.api.mycompany.com',
  'api.mycompany.com',
  'tests.internal.mycompany.com',
  'hooks.slack.com',
]

export type StandIn = {
  readonly url: string
  /** What a server needs to meet the stand-in wherever the pipeline wants to go. */
  readonly env: Record<string, string>
  /** Starts over with another scenario. */
  readonly play: (scenario: string) => Promise<void>
  /** How often each of the played calls was made since. */
  readonly counts: () => Promise<Record<string, number>>
  readonly end: () => Promise<void>
}

/** Starts the process that plays GitHub, Kubernetes, the test runner, Slack and the model. */
export async function startStandIn(): Promise<StandIn> {
  const group = startGroup(['test/support/devops-stand-in.mjs', '--port', '0', '--scenario', 'healthy'])
  await vi.waitUntil(() => group.output().includes('\n'), { timeout: START_MS_MAX, interval: 20 })
  const [line = ''] = group.output().split('\n')
  const { listening } = JSON.parse(line) as { listening: number }
  const url = `http://127.0.0.1:${listening}`
  const call = caller(url)
  return {
    url,
    env: {
      MILLRACE_DEV_ALLOW_HOSTS: `127.0.0.1:${listening}`,
      MILLRACE_DEV_HOST_MAP: HOSTS.map((host) => `${host}=${url}`).join(','),
      AI_BASE_URL: `${url}/v1`,
      AI_API_KEY: 'stand-in',
    },
    async play(scenario) {
      const { status, text } = await call('POST', '/__scenario', { scenario })
      if (status !== 200) throw new Error(text)
    },
    counts: async () => (await call('GET', '/__calls')).body.counts as Record<string, number>,
    end: () => group.signal('SIGTERM'),
  }
}
