import { eventually } from '../../support/eventually'
import { newKey, newOrganization, ORIGIN, send } from './support'

export type Headers = Record<string, string>
export const PASSWORD = 'correct horse battery'

type Letter = { readonly to: string; readonly subject: string; readonly text: string }

/** The letters an address got, the newest first. */
export async function lettersTo(email: string): Promise<readonly Letter[]> {
  const answer = await send(`/dev/mail?to=${encodeURIComponent(email)}`)
  return (await answer.json<{ items: Letter[] }>()).items
}

/** The token in the newest letter with a link to the page, once it came. */
export async function tokenTo(email: string, page: string): Promise<string> {
  const link = new RegExp(`${ORIGIN}/${page}#([0-9a-z]+)`)
  return eventually(async () => {
    const token = (await lettersTo(email)).map(({ text }) => link.exec(text)?.[1]).find(Boolean)
    if (token === undefined) throw new Error(`No letter to ${email} leads to ${page}.`)
    return token
  })
}

/** Sends a JSON body, and answers status, body and headers. */
export async function post(path: string, body: object, headers: Headers = {}, method = 'POST') {
  const init = { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
  return read(await send(path, init))
}

export async function ask(path: string, headers: Headers, method = 'GET') {
  return read(await send(path, { method, headers }))
}

async function read(answer: Response) {
  const text = await answer.text()
  const body = (text === '' ? null : JSON.parse(text)) as Record<string, never>
  return { status: answer.status, body, headers: answer.headers }
}

export const anyAddress = (name = 'person') => `${name}-${crypto.randomUUID()}@example.com`

type Opened = Awaited<ReturnType<typeof post>>

/** The headers of a session that was just opened. */
export function sessionOf(opened: Opened): Headers {
  const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? ''
  return {
    cookie,
    origin: ORIGIN,
    'x-csrf-token': String(opened.body['csrfToken']),
    'content-type': 'application/json',
  }
}

/** An organization whose owner has confirmed their address. */
export async function verifiedOrganization() {
  const owner = await newOrganization()
  const verified = await post('/v1/auth/verify', { token: await tokenTo(owner.email, 'verify-email') })
  if (verified.status !== 204) throw new Error('not verified')
  return owner
}

/** Invites an address and answers the token of the letter. */
export async function invited(session: Headers, email: string, role: string): Promise<string> {
  const answer = await post('/v1/invitations', { email, role }, session)
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
  return tokenTo(email, 'accept-invitation')
}

/** Somebody new in the organization, signed in. */
export async function newMember(session: Headers, role: string, email = anyAddress(role)) {
  const invitation = await invited(session, email, role)
  const opened = await post('/v1/auth/sign-up', { email, password: PASSWORD, invitation })
  if (opened.status !== 201) throw new Error(JSON.stringify(opened.body))
  const { id } = opened.body['user'] as unknown as { id: string }
  return { id, email, session: sessionOf(opened) }
}

export { newKey, newOrganization, ORIGIN, send }
