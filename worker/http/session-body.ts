import { type OpenedSession, SESSION_MS } from '../services/open-session'
import { type CookiePolicy, sessionCookie } from './session-cookie'

/** The header that gives the browser its session. */
export function opened(cookie: CookiePolicy, session: OpenedSession): Readonly<Record<string, string>> {
  return { 'set-cookie': sessionCookie(cookie, session.token, SESSION_MS / 1_000) }
}

/** What the page learns of a session; the token is the browser's alone. */
export function sessionBody(session: OpenedSession) {
  const organizations = session.organizations.map((it) => ({ id: it.organizationId, name: it.name, role: it.role }))
  return { user: session.user, organizations, csrfToken: session.csrfToken }
}
