import type { MiddlewareHandler } from 'hono'

/** For answers that are no page: never stored, never framed, never taken for something else. */
const DEFAULTS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

const TWO_YEARS = 'max-age=63072000; includeSubDomains'

/** Adds what every answer carries, unless it says something of its own. Development is served over plain http. */
export function addAnswerHeaders({ headers }: Response, environmentName: string): void {
  const missing = Object.entries(DEFAULTS).filter(([name]) => !headers.has(name))
  for (const [name, value] of missing) headers.set(name, value)
  if (environmentName !== 'development') headers.set('strict-transport-security', TWO_YEARS)
}

export function answerHeaders(environmentName: string): MiddlewareHandler {
  return async (c, next) => {
    await next()
    addAnswerHeaders(c.res, environmentName)
  }
}
