import type { ChatProvider } from '#core/components/context'
import type { Failure } from '#core/model/failure'
import type { ChatModel } from '../../ports/chat-model'
import { createChatEndpoint } from './chat-endpoint'
import { type EgressPolicy, portOf } from './egress-policy'
import { createHttpSender, type HttpSenderDeps } from './http-sender'
import { createWorkersAi, type WorkersAi } from './workers-ai'

export type ChatModelSettings = {
  /** Where an OpenAI-compatible API lives, such as `https://api.openai.com/v1`; empty = none. */
  readonly baseUrl: string
  readonly apiKey: string
  readonly gateway?: GatewaySettings
  /** The platform's models; absent where there is no such binding. */
  readonly workersAi?: WorkersAi | undefined
}

export type GatewaySettings = {
  /** Account and gateway it belongs to; either empty = none. */
  readonly accountId: string
  readonly gatewayId: string
  /** Opens a gateway that asks for authentication; empty = none. */
  readonly token: string
  /** The model provider's key, unless the gateway holds it; empty = none. */
  readonly apiKey: string
}

const GATEWAY = 'https://gateway.ai.cloudflare.com/v1'

const HINTS: Record<ChatProvider, string> = {
  openai: 'Set AI_BASE_URL and AI_API_KEY to any OpenAI-compatible endpoint.',
  ai_gateway: 'Set AI_GATEWAY_ACCOUNT_ID and AI_GATEWAY_ID to a gateway of Cloudflare AI Gateway.',
  workers_ai: 'Bind Workers AI as AI in wrangler.toml; it exists on Cloudflare only, not locally.',
}

/**
 * Asks whichever provider a request names. Endpoints are called under the same egress rules as stages; only the operator's
 * own host is exempt from them.
 */
export function createChatModel(settings: ChatModelSettings, deps: HttpSenderDeps): ChatModel {
  const { workersAi } = settings
  const models: Record<ChatProvider, ChatModel | null> = {
    openai: endpointOf(settings, deps),
    ai_gateway: gatewayOf(settings.gateway, deps),
    workers_ai: workersAi === undefined ? null : createWorkersAi(workersAi, deps.clock),
  }
  return async (request, signal) => {
    const model = models[request.provider]
    if (model !== null) return model(request, signal)
    const failure: Failure = {
      code: 'ai_unavailable',
      message: `No language model is configured for the provider ${request.provider}.`,
      hint: HINTS[request.provider],
    }
    return { kind: 'failed', failure, durationMs: 0, retryable: false }
  }
}

function endpointOf({ baseUrl, apiKey }: ChatModelSettings, deps: HttpSenderDeps): ChatModel | null {
  if (!URL.canParse(baseUrl)) return null
  const base = new URL(baseUrl)
  const send = createHttpSender({ ...deps, policy: allowingHost(deps.policy, base) })
  const url = `${base.href.replace(/\/+$/, '')}/chat/completions`
  return createChatEndpoint({ url, apiKey, keySetting: 'AI_API_KEY', urlSetting: 'AI_BASE_URL' }, send, deps.clock)
}

/** The gateway's one address for all providers; models are written `provider/model`. */
function gatewayOf(gateway: GatewaySettings | undefined, deps: HttpSenderDeps): ChatModel | null {
  if (gateway === undefined || gateway.accountId === '' || gateway.gatewayId === '') return null
  const { accountId, gatewayId, token, apiKey } = gateway
  const operatorHeaders = token === '' ? {} : { 'cf-aig-authorization': `Bearer ${token}` }
  const url = `${GATEWAY}/${encodeURIComponent(accountId)}/${encodeURIComponent(gatewayId)}/compat/chat/completions`
  const keySetting = 'AI_GATEWAY_TOKEN and AI_GATEWAY_API_KEY'
  const urlSetting = 'AI_GATEWAY_ACCOUNT_ID and AI_GATEWAY_ID'
  const send = createHttpSender({ ...deps, operatorHeaders })
  return createChatEndpoint({ url, apiKey, keySetting, urlSetting }, send, deps.clock)
}

function allowingHost(policy: EgressPolicy, base: URL): EgressPolicy {
  return { ...policy, allowHosts: new Set([...policy.allowHosts, `${base.hostname}:${portOf(base)}`]) }
}
