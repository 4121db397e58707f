// Tries on a deployed service what nothing enforces locally: that the platform takes the cost of our passwords, and how its
// cookies come. Signs up with an address of yours, and deletes what that made: node scripts/check-sign-in.mjs https://millrace.example.com me@example.com
import { randomUUID } from 'node:crypto'

const [, , origin = '', email = ''] = process.argv
const TRIES = 3
const PASSWORD = `tried once ${randomUUID()}`
const COOKIE = /^__Host-millrace_session=\w+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+; Secure$/
const PLAIN = /^millrace_session=\w+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/

/** @param {string} path @param {object} body @param {RequestInit} more */
async function send(path, body, more = { method: 'POST' }) {
  const startedAt = performance.now()
  const headers = { 'content-type': 'application/json', ...more.headers }
  const answer = await fetch(new URL(path, origin), { ...more, headers, body: JSON.stringify(body) })
  const text = await answer.text()
  const cookie = answer.headers.get('set-cookie') ?? ''
  return { status: answer.status, cookie, text, ms: performance.now() - startedAt }
}

/** @param {string} what @param {boolean} holds @param {string} seen */
function check(what, holds, seen) {
  process.stdout.write(`${holds ? 'ok' : 'NOT OK'}  ${what}: ${seen}\n`)
  if (!holds) process.exitCode = 1
}

/** @param {string} what @param {{ email: string, password: string }} body @param {number} expected */
async function signIn(what, body, expected) {
  const seen = []
  for (let i = 0; i < TRIES; i++) seen.push(await send('/v1/auth/sign-in', body))
  const [median] = seen
    .map(({ ms }) => ms)
    .toSorted((a, b) => a - b)
    .slice(TRIES >> 1)
  const words = `${seen.map(({ status }) => status).join(' ')}, ${Math.round(median ?? 0)} ms`
  check(
    what,
    seen.every(({ status }) => status === expected),
    words,
  )
}

if (!URL.canParse(origin) || !email.includes('@')) {
  process.stderr.write('usage: node scripts/check-sign-in.mjs <origin> <an address of yours without an account>\n')
  process.exit(2)
}
const name = 'Tried once'
const opened = await send('/v1/auth/sign-up', { email, password: PASSWORD, organizationName: name })
check('signing up', opened.status === 201, `${opened.status}, ${Math.round(opened.ms)} ms`)
const flags = origin.startsWith('https:') ? COOKIE : PLAIN
check('its cookie', flags.test(opened.cookie), opened.cookie.replace(/=\w+;/, '=…;'))
await signIn('the right password', { email, password: PASSWORD }, 200)
await signIn('a wrong one', { email, password: `${PASSWORD}!` }, 401)
await signIn('an address nobody has', { email: `nobody-${randomUUID()}@example.com`, password: PASSWORD }, 401)
const headers = {
  origin: new URL(origin).origin,
  cookie: opened.cookie.split(';')[0] ?? '',
  'x-csrf-token': opened.status === 201 ? String(JSON.parse(opened.text).csrfToken) : '',
}
const deleted = await send('/v1/organization', { name, password: PASSWORD }, { method: 'DELETE', headers })
check('deleting it again', deleted.status === 202, `${deleted.status}`)
