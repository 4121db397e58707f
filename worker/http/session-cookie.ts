/** Browsers keep `__Host-` cookies on https only; development is served over plain http and uses the bare name there. */
export type CookiePolicy = { readonly name: string; readonly isSecure: boolean }

export function cookiePolicy(request: Request, environmentName: string): CookiePolicy {
  const isPlain = environmentName === 'development' && new URL(request.url).protocol === 'http:'
  return isPlain ? { name: 'millrace_session', isSecure: false } : { name: '__Host-millrace_session', isSecure: true }
}

/** The session token a request brought, or null. */
export function readSessionCookie(request: Request, policy: CookiePolicy): string | null {
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const [name = '', ...value] = pair.trim().split('=')
    if (name === policy.name) return value.join('=')
  }
  return null
}

/** The Set-Cookie header that opens a session for `seconds`; 0 ends it. */
export function sessionCookie(policy: CookiePolicy, token: string, seconds: number): string {
  const secure = policy.isSecure ? '; Secure' : ''
  return `${policy.name}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure}`
}
