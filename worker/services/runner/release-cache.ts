import type { JsonObject } from '#core/kernel/json'
import { everyStage } from '#core/definition/every-stage'
import { compilePlan, type Plan } from '#core/definition/plan'
import { Workflow } from '#core/definition/document'
import { createRedactor, type Redact } from '#core/engine/redact'
import type { DeploymentConfig, ReleaseSummary } from '#core/model/deployment-config'
import { SIGNAL_NAME } from '#core/model/signal-name'
import type { ReleaseParts } from '#core/shard/wire'
import type { CodeBundle } from '../../ports/code-runner'
import type { Vault } from '../../ports/vault'
import { codeBundle } from './code-bundle'
import { type SecretGuard, secretGuards } from './guard-secrets'
import { environmentPurpose, parseSealedEnvironment } from '../sealed-environment'
import { createTokenCache, type TokenCache } from './token-cache'

const RELEASES_MAX = 200

/** A release ready to run: parsed, compiled and decrypted once per isolate. */
export type LoadedRelease = {
  readonly summary: ReleaseSummary
  readonly plan: Plan
  readonly variables: JsonObject
  readonly secrets: Readonly<Record<string, string>>
  /** The only hosts a secret may be sent to, for those that are bound. */
  readonly secretHosts: Readonly<Record<string, readonly string[]>>
  readonly guards: readonly SecretGuard[]
  readonly redact: Redact
  /** Signals whose links the document may print. */
  readonly linkedSignals: readonly string[]
  readonly code: CodeBundle
  /** Access tokens of this isolate; shared by all releases. */
  readonly tokens: TokenCache
}

/** The keys a release is sealed under cannot be reached: whoever waits a little may have better luck. */
export class KeysUnreachable extends Error {}

export type ReleaseCache = {
  get(ref: string, pin: number): LoadedRelease | null
  /** A deployment's releases by pin, as they are now: other deployments may push them out at any await. */
  held(ref: string): ReadonlyMap<number, LoadedRelease>
  /**
   * Loads what a claim brought; null when its environment cannot be opened (S88: never run with empty secrets). Rejects with
   * KeysUnreachable while nobody can say.
   */
  load(config: DeploymentConfig, parts: ReleaseParts): Promise<LoadedRelease | null>
}

export function createReleaseCache(vault: Vault): ReleaseCache {
  const loaded = new Map<string, LoadedRelease>()
  const tokens = createTokenCache()
  const keyOf = (ref: string, pin: number) => `${ref}:${pin}`
  return {
    get: (ref, pin) => loaded.get(keyOf(ref, pin)) ?? null,
    held(ref) {
      const own = [...loaded].filter(([key]) => key.startsWith(`${ref}:`))
      return new Map(own.map(([key, release]) => [Number(key.slice(ref.length + 1)), release]))
    },
    async load(config, parts) {
      const opened = await open(vault, config, parts)
      if (opened === null) return null
      const release = { ...opened, tokens }
      if (loaded.size >= RELEASES_MAX) loaded.delete(loaded.keys().next().value ?? '')
      loaded.set(keyOf(config.ref, parts.pin), release)
      return release
    },
  }
}

async function open(
  vault: Vault,
  config: DeploymentConfig,
  parts: ReleaseParts,
): Promise<Omit<LoadedRelease, 'tokens'> | null> {
  const opened = await vault.open(environmentPurpose(config), parts.environment).catch((cause: unknown) => {
    throw new KeysUnreachable(String(cause), { cause })
  })
  if (opened === null) return null
  const { variables, secrets, masked, hosts } = parseSealedEnvironment(opened)
  const plan = compilePlan(Workflow.parse(JSON.parse(parts.document)))
  const { organizationId } = config
  const code = codeBundle(plan, { organizationId, versionId: parts.summary.versionId, environment: parts.environment })
  const redact = createRedactor(masked)
  const guards = secretGuards({ values: secrets, hosts })
  const linkedSignals = signalsLinked(plan, parts.document)
  return { summary: parts.summary, plan, variables, secrets, secretHosts: hosts, guards, redact, linkedSignals, code }
}

/** Only what is written out can be linked to; a document that never says `signals` prints no link. */
function signalsLinked(plan: Plan, document: string): readonly string[] {
  if (!document.includes('signals')) return []
  const names = everyStage(plan).flatMap(({ type, document: config }) =>
    type === 'wait_for_signal' && typeof config['signal'] === 'string' ? [config['signal']] : [],
  )
  return [...new Set(names)].filter((name) => SIGNAL_NAME.test(name))
}
