import type { DeploymentConfig } from '#core/model/deployment-config'
import { EndpointSpec, endpointPurpose, type WebhookEndpoint } from '#core/release/endpoint-spec'
import { type Scheme, schemeOf, StoredAuthentication } from '#core/triggers/schemes/registry'
import type { Vault } from '../../ports/vault'
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
}

const RELEASES_MAX = 2_000

export type Endpoints = {
  /** Null: nothing answers there, also when the endpoint cannot be decrypted. */
  find(config: DeploymentConfig, slot: number): Promise<OpenEndpoint | null>
  /** Judges a call to where nothing answers, at the same cost; its verdict is of no use. */
  readonly nobody: Authenticator
}

/**
 * Finds the endpoint of a slot in the active release. Opening a release costs a decryption, so the latest ones stay open;
 * an epoch never reuses what another one opened.
 */
export function createEndpoints(vault: Vault, deps: AuthenticateDeps): Endpoints {
  const opened = new BoundedCache<ReadonlyMap<number, OpenEndpoint>>(RELEASES_MAX)
  const nobody = createAuthenticator(StoredAuthentication.parse({ type: 'hmac', secret: 'nobody' }), deps)
  async function find(config: DeploymentConfig, slot: number): Promise<OpenEndpoint | null> {
    if (config.active === null || config.status === 'undeployed' || config.status === 'placed') return null
    const key = `${config.ref}:${config.active}:${config.epoch}`
    const known = opened.get(key)
    if (known !== undefined) return known.get(slot) ?? null
    const fresh = await openRelease(vault, deps, config)
    if (fresh === null) return null
    opened.set(key, fresh)
    return fresh.get(slot) ?? null
  }
  return { find, nobody }
}

async function openRelease(
  vault: Vault,
  deps: AuthenticateDeps,
  config: DeploymentConfig,
): Promise<ReadonlyMap<number, OpenEndpoint> | null> {
  const release = config.releases.find(({ pin }) => pin === config.active)
  if (release === undefined) return null
  const text = await vault.open(endpointPurpose(config), release.endpoint)
  if (text === null) return null
  const { webhooks } = EndpointSpec.parse(JSON.parse(text))
  return new Map(webhooks.map((spec) => [spec.slot, open(spec, release, deps)]))
}

type Release = DeploymentConfig['releases'][number]

function open(spec: WebhookEndpoint, { pin, inline }: Release, deps: AuthenticateDeps): OpenEndpoint {
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
  }
}
