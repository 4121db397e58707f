import { Buffer } from 'node:buffer'
import type { DeploymentConfig, ReleaseSummary } from '#core/model/deployment-config'
import type { ResolvedAuthentication, WebhookEndpoint } from '#core/release/endpoint-spec'
import { type Scheme, schemeOf, StoredAuthentication } from '#core/triggers/schemes/registry'
import type { Vault } from '../../ports/vault'
import { openEndpoint } from '../../services/endpoint-of'
import type { WebhookSecretAccess } from '../../services/webhook-secret-access'
import { type AuthenticateDeps, type Authenticator, createAuthenticator } from './authenticate'
import { BoundedCache } from './bounded-cache'
import { type Cors, createCors } from './cors'

/** One webhook of the release in force, ready to judge calls. */
export type OpenEndpoint = {
  readonly spec: WebhookEndpoint
  readonly pin: number
  /** May be run inside the request that starts it. */
  readonly inline: boolean
  readonly authenticate: Authenticator
  /** Null where nobody can be believed. */
  readonly scheme: Scheme | null
  readonly cors: Cors
  readonly allow: string
  /** Lower-case name of the header that carries the credential. */
  readonly credentialHeader: string | null
  /** The texts that open it, by the name of their field; for nobody to read. */
  readonly secrets: Readonly<Record<string, string>>
}

const RELEASES_MAX = 2_000

type EndpointsDeps = AuthenticateDeps & { readonly secretAccess: WebhookSecretAccess }

export type Endpoints = {
  /** Null: nothing answers there. `unreadable`: what would tell, and the credentials with it, cannot be opened. */
  find(config: DeploymentConfig, slot: number): Promise<OpenEndpoint | 'unreadable' | null>
  /** Judges a call to where nothing answers, at the same cost; its verdict is of no use. */
  readonly nobody: Authenticator
}

/**
 * Finds the endpoint of a slot in the active release. Opening a release costs a decryption, so the latest ones stay open;
 * an epoch never reuses what another one opened.
 */
export function createEndpoints(vault: Vault, deps: EndpointsDeps): Endpoints {
  const opened = new BoundedCache<ReadonlyMap<number, OpenEndpoint>>(RELEASES_MAX)
  const nobody = createAuthenticator(StoredAuthentication.parse({ type: 'hmac', secret: 'nobody' }), deps)
  async function find(config: DeploymentConfig, slot: number): Promise<OpenEndpoint | 'unreadable' | null> {
    const release = config.releases.find(({ pin }) => pin === config.active)
    if (release === undefined || config.status === 'undeployed' || config.status === 'placed') return null
    const key = `${config.ref}:${release.pin}:${config.epoch}`
    const known = opened.get(key)
    if (known !== undefined) return known.get(slot) ?? null
    const fresh = await openRelease(vault, deps, config, release)
    if (fresh === null) return 'unreadable'
    opened.set(key, fresh)
    deps.secretAccess.note({ config, release, webhooks: Array.from(fresh.values(), ({ spec }) => spec) })
    return fresh.get(slot) ?? null
  }
  return { find, nobody }
}

async function openRelease(
  vault: Vault,
  deps: AuthenticateDeps,
  config: DeploymentConfig,
  release: ReleaseSummary,
): Promise<ReadonlyMap<number, OpenEndpoint> | null> {
  const endpoint = await openEndpoint(vault, config, release)
  return endpoint === null ? null : new Map(endpoint.webhooks.map((spec) => [spec.slot, open(spec, release, deps)]))
}

function open(spec: WebhookEndpoint, { pin, inline }: ReleaseSummary, deps: AuthenticateDeps): OpenEndpoint {
  const { authentication } = spec
  return {
    spec,
    pin,
    inline,
    scheme: authentication.type === 'unusable' ? null : schemeOf(authentication.type),
    authenticate: createAuthenticator(authentication, deps),
    cors: createCors(spec),
    allow: spec.method.join(', '),
    credentialHeader: 'header' in authentication ? authentication.header.toLowerCase() : null,
    secrets: secretsOf(authentication),
  }
}

/** As the document's author wrote them, and the keys they hold where those are written otherwise. */
function secretsOf(authentication: ResolvedAuthentication): Readonly<Record<string, string>> {
  if (authentication.type === 'unusable') return {}
  const scheme = schemeOf(authentication.type)
  const fields: Readonly<Record<string, unknown>> = authentication
  const written = scheme.secrets.flatMap((name) => {
    const text = fields[name]
    return typeof text === 'string' && text !== '' ? [[name, text] as const] : []
  })
  const keys = written.flatMap(([name, text]) => {
    const key = scheme.keyOf?.(text) ?? null
    return key === null ? [] : [[`key of ${name}`, Buffer.from(key).toString('base64')] as const]
  })
  return Object.fromEntries([...written, ...keys])
}
