import { createTokenVerifier } from './adapters/crypto/token-verifier'
import type { EgressPolicy } from './adapters/net/egress-policy'
import { createHttpSender } from './adapters/net/http-sender'
import { createKeySets } from './adapters/net/key-sets'
import { sleep } from './adapters/timers/sleep'

const KEY_SET_BYTES_MAX = 256 * 1_024

type Places = { readonly ENVIRONMENT: string; readonly PUBLIC_URL: string; readonly HOOKS_URL: string }

/** How callers of webhooks are judged. A key set has no reason to be large. */
export function hookSettings(settings: Places, policy: EgressPolicy) {
  const send = createHttpSender({ policy, clock: Date.now, responseBytesMax: KEY_SET_BYTES_MAX })
  const keySets = createKeySets({ send, clock: Date.now, sleep })
  const url = settings.HOOKS_URL === '' ? settings.PUBLIC_URL : settings.HOOKS_URL
  const believesHost = url === '' && settings.ENVIRONMENT === 'development'
  return {
    clock: Date.now,
    tokens: createTokenVerifier({ keySets, clock: Date.now }),
    publicUrl: believesHost ? null : url.replace(/\/+$/, ''),
  }
}
