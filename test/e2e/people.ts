import { createHmac, randomUUID } from 'node:crypto'
import { expect, type Page } from '@playwright/test'
import { login } from './server'

export const PASSWORD = 'a long enough password'

/** An address nobody has. */
export function newAddress(name: string): string {
  return `${name}-${randomUUID().slice(0, 8)}@millrace.test`
}

/** Signs somebody new up with an organization of their own, in the browser of this page. Answers their address. */
export async function newOwner(page: Page, organizationName = 'Mühle & Söhne'): Promise<string> {
  const email = newAddress('owner')
  const data = { email, password: PASSWORD, organizationName }
  const answer = await page.request.post('/v1/auth/sign-up', { data })
  expect(answer.status()).toBe(201)
  return email
}

/** Calls the API as who is signed in on this page. */
export async function callAs<A>(page: Page, method: string, path: string, data?: unknown): Promise<A> {
  const { csrfToken } = (await (await page.request.get('/v1/me')).json()) as { csrfToken: string }
  const headers = { origin: login().url, 'x-csrf-token': csrfToken }
  const answer = await page.request.fetch(path, { method, headers, ...(data === undefined ? {} : { data }) })
  expect(answer.ok(), `${method} ${path} answered ${answer.status()}`).toBe(true)
  return (answer.status() === 204 ? null : await answer.json()) as A
}

/** The path of the link in the newest letter to an address, once it came. */
export async function mailedLink(page: Page, email: string): Promise<string> {
  let link: string | undefined
  await expect
    .poll(
      async () => {
        const letters = await page.request.get(`/dev/mail?to=${encodeURIComponent(email)}`)
        const { items } = (await letters.json()) as { items: readonly { text: string }[] }
        link = /https?:\/\/\S+/.exec(items[0]?.text ?? '')?.[0]
        return link
      },
      { timeout: 15_000 },
    )
    .toBeTruthy()
  const { pathname, hash } = new URL(link ?? '')
  return pathname + hash
}

/** Follows the letter that came after signing up. */
export async function confirmAddress(page: Page, email: string): Promise<void> {
  const [, token] = (await mailedLink(page, email)).split('#')
  expect((await page.request.post('/v1/auth/verify', { data: { token } })).status()).toBe(204)
}

/** The code an authenticator shows now for a secret in base 32 (RFC 6238, six digits). */
export function codeOf(secret: string): string {
  const bits = [...secret].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  )
  const bytes = bits.join('').match(/.{8}/g) ?? []
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const hash = createHmac('sha1', Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2))))
    .update(step)
    .digest()
  const word = hash.readUInt32BE((hash.at(-1) ?? 0) & 15) & 0x7fffffff
  return String(word % 1_000_000).padStart(6, '0')
}
