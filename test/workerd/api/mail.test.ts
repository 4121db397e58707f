import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { compose } from '../../../worker/compose'
import { anyAddress, PASSWORD } from './people'

type Sent = { readonly to: string; readonly from: unknown; readonly text: string }

/** The service as it is deployed, with a mail binding of ours. */
function deployed(send: (mail: Sent) => Promise<unknown>) {
  const vars = { ENVIRONMENT: 'production', PUBLIC_URL: 'https://millrace.example', MAIL_FROM: 'post@millrace.example' }
  const work: Promise<unknown>[] = []
  const { app } = compose({ ...env, ...vars, EMAIL: { send } } as never, (promise) => void work.push(promise))
  const post = (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' }
    return app.request(`https://millrace.example${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  }
  return { app, post, done: () => Promise.all(work) }
}

const account = (email: string) => ({ email, password: PASSWORD, organizationName: 'Example' })

test('outside development letters are sent by the binding, link to the public address, and are shown to nobody', async () => {
  const sent: Sent[] = []
  const { app, post, done } = deployed((mail) => Promise.resolve(sent.push(mail)))
  const email = anyAddress()
  expect((await post('/v1/auth/sign-up', account(email))).status).toBe(201)
  await done()
  expect(sent).toEqual([
    {
      to: email,
      from: { name: 'Millrace', email: 'post@millrace.example' },
      subject: 'Confirm your email address',
      text: expect.stringMatching(/\nhttps:\/\/millrace\.example\/verify-email#[0-9a-z]{32}\n/),
    },
  ])
  expect((await app.request('https://millrace.example/dev/mail')).status).toBe(404)
})

test('mail that does not work stops nobody from signing up, and does not tell who has an account', async () => {
  const { post, done } = deployed(() => Promise.reject(new Error('quota exceeded')))
  const email = anyAddress()
  expect((await post('/v1/auth/sign-up', account(email))).status).toBe(201)
  expect((await post('/v1/auth/forgot', { email })).status).toBe(202)
  expect((await post('/v1/auth/forgot', { email: anyAddress() })).status).toBe(202)
  await done()
})

test('outside development the cookie of a session goes to this host over https alone (A-06)', async () => {
  const { post } = deployed(() => Promise.resolve())
  const opened = await post('/v1/auth/sign-up', account(anyAddress()))
  expect(opened.headers.get('set-cookie')).toMatch(
    /^__Host-millrace_session=[0-9a-z]{52}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=1209600; Secure$/,
  )
})
