import type { EgressPolicy } from './adapters/net/egress-policy'
import { report } from './adapters/log/report'
import { createHttpSender } from './adapters/net/http-sender'
import { createGithub } from './adapters/sign-in/github'
import { createGoogle } from './adapters/sign-in/google'
import type { ProviderDeps } from './adapters/sign-in/provider-deps'
import type { SignInProvider, SignInProviders } from './ports/sign-in-provider'

/** Tokens, key sets and addresses of a person are small. */
const ANSWER_BYTES_MAX = 256 * 1_024

type Name = 'GITHUB' | 'GOOGLE'
type Settings = Readonly<Record<`${Name}_CLIENT_ID` | `${Name}_CLIENT_SECRET` | 'PUBLIC_URL' | 'ENVIRONMENT', string>>

type Known = readonly [Name, (deps: ProviderDeps) => SignInProvider]

const KNOWN: readonly Known[] = [
  ['GITHUB', createGithub],
  ['GOOGLE', createGoogle],
]

/**
 * The providers that are set up. Throws when one is set up by halves, or where it is not known to which address a provider
 * may send people back: a service never starts half open.
 */
export function signInProvidersOf(settings: Settings, policy: EgressPolicy): SignInProviders {
  const send = createHttpSender({ policy, clock: Date.now, responseBytesMax: ANSWER_BYTES_MAX })
  const providers = KNOWN.flatMap(([name, create]) => {
    const clientId = settings[`${name}_CLIENT_ID`]
    const clientSecret = settings[`${name}_CLIENT_SECRET`]
    if (clientId === '' && clientSecret === '') return []
    if (clientId === '' || clientSecret === '')
      throw new Error(`${name}_CLIENT_ID and ${name}_CLIENT_SECRET are set together or not at all.`)
    if (settings.PUBLIC_URL === '' && settings.ENVIRONMENT !== 'development')
      throw new Error(`${name}_CLIENT_ID needs PUBLIC_URL: providers send people back to that address only.`)
    return [create({ clientId, clientSecret, send, clock: Date.now, report })]
  })
  return new Map(providers.map((provider) => [provider.id, provider]))
}
