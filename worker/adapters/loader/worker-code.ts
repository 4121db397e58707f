import { codeModule } from '#core/components/code-module'
import { invariant } from '#core/kernel/assert'
import type { CodeBundle } from '../../ports/code-runner'
import { entrypoint } from './child/entrypoint'
import { LOCKDOWN } from './child/lockdown'

/**
 * All a worker of tenant code is made of, with nothing optional: the loader ignores fields it does not know, and one without
 * `globalOutbound` could reach whatever this service can. Only workerCode makes one.
 */
export type IsolatedWorkerCode = {
  readonly compatibilityDate: string
  readonly compatibilityFlags: string[]
  readonly mainModule: string
  readonly modules: Record<string, string>
  readonly env: Record<string, never>
  readonly globalOutbound: Fetcher
}

const COMPATIBILITY_DATE = '2026-10-23'
/** No modules of Node: they hold state that calls would share, and a network of their own. */
const COMPATIBILITY_FLAGS = ['no_nodejs_compat', 'no_nodejs_compat_v2']

/** The worker that holds all code of a release. `gateway` is where whatever it sends by itself ends up. */
export function workerCode({ sources }: Pick<CodeBundle, 'sources'>, gateway: Fetcher): IsolatedWorkerCode {
  invariant(typeof gateway === 'object' && gateway !== null, 'tenant code has a gateway before it')
  const stages = [...sources].map(([id, source]) => [`stages/${id}.js`, codeModule(source)] as const)
  return {
    compatibilityDate: COMPATIBILITY_DATE,
    compatibilityFlags: COMPATIBILITY_FLAGS,
    mainModule: 'main.js',
    modules: { 'main.js': entrypoint([...sources.keys()]), 'lockdown.js': LOCKDOWN, ...Object.fromEntries(stages) },
    env: {},
    globalOutbound: gateway,
  }
}

/** The loader's name for that worker: another organization, version, environment or runtime of ours is another worker. */
export async function workerId(bundle: CodeBundle): Promise<string> {
  const { organizationId, versionId, environment, sources } = bundle
  const runtime = [COMPATIBILITY_DATE, COMPATIBILITY_FLAGS, entrypoint([]), LOCKDOWN]
  const code = await digestOf([runtime, [...sources]])
  return `code-${await digestOf([organizationId, versionId, code, await digestOf(environment)])}`
}

async function digestOf(value: unknown): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(value)))
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
