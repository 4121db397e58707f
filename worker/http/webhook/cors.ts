import type { WebhookEndpoint } from '#core/release/endpoint-spec'
import { DOOR_HEADERS } from './refusal'

const MAX_AGE_SECONDS = '600'

/** What a browser may send and read, decided once per endpoint. Origins match exactly; nothing is ever reflected unasked. */
export type Cors = {
  /** Headers for the answer to a call from `origin`; empty when the endpoint has not opted in. */
  readonly headers: (origin: string | null) => Readonly<Record<string, string>>
  /** The answer to OPTIONS: 204, with permission only when everything asked for is allowed. */
  readonly preflight: (request: Request) => Response
}

const NO_HEADERS = {}

export function createCors(endpoint: WebhookEndpoint): Cors {
  const { enabled, allowedOrigins, allowedMethods } = endpoint.cors
  const origins = new Set(allowedOrigins.map((origin) => origin.toLowerCase()))
  const methods = allowedMethods.length > 0 ? allowedMethods : endpoint.method
  const { authentication } = endpoint
  const own =
    'header' in authentication ? [authentication.header] : authentication.type === 'bearer' ? ['Authorization'] : []
  const allowedHeaders = ['Content-Type', 'Idempotency-Key', ...own].join(', ')

  const headers = (origin: string | null): Record<string, string> => {
    if (!enabled) return NO_HEADERS
    if (origin === null || !origins.has(origin.toLowerCase())) return { vary: 'Origin' }
    return { vary: 'Origin', 'access-control-allow-origin': origin }
  }

  return {
    headers,
    preflight(request) {
      const granted = headers(request.headers.get('origin'))
      const method = request.headers.get('access-control-request-method')
      const isAllowed = 'access-control-allow-origin' in granted && method !== null && methods.includes(method)
      return new Response(null, {
        status: 204,
        headers: {
          ...DOOR_HEADERS,
          ...(isAllowed
            ? {
                ...granted,
                'access-control-allow-methods': methods.join(', '),
                'access-control-allow-headers': allowedHeaders,
                'access-control-max-age': MAX_AGE_SECONDS,
              }
            : enabled
              ? { vary: 'Origin' }
              : {}),
        },
      })
    },
  }
}
