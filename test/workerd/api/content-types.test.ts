import { describe, expect, test } from 'vitest'
import { API } from '#core/contract/api'
import type { Operation } from '#core/contract/operation'
import { isWaiting, linkIn, newPlace, until } from './deploy-document'
import { newOrganization, send } from './support'

const TYPES = [
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/xml',
  'application/x-yaml',
]
const FORM = 'name=x&files[f][filepath]=%2Fetc%2Fpasswd'
const MULTIPART = '--x\r\nContent-Disposition: form-data; name="payload"; filename="/etc/passwd"\r\n\r\n{}\r\n--x--\r\n'

const withBody = Object.entries<Operation>(API).filter(([, { body }]) => body !== undefined)

describe('the type of a body (T-05)', () => {
  test('is JSON for every call of the API; anything else is refused before it is looked at', async () => {
    const { key, session } = await newOrganization()
    expect(withBody.length).toBeGreaterThan(20)
    for (const [name, { method, path, scope }] of withBody) {
      const credentials = scope === 'owner' ? session : { authorization: `Bearer ${key}` }
      for (const type of TYPES) {
        const headers = { ...credentials, 'content-type': type }
        const body = type.startsWith('multipart') ? MULTIPART : type.endsWith('urlencoded') ? FORM : '{"name":"x"}'
        const answer = await send(path.replaceAll(/\{\w+\}/g, 'x'), { method, headers, body })
        expect([name, type, answer.status]).toEqual([name, type, 415])
      }
    }
  })

  test('of an answer to a link is the form of its page or JSON; only the fields of the form are read', async () => {
    const { client, deploy } = await newPlace()
    const { start } = await deploy({
      name: 'approval',
      stages: [
        { id: 'ask', component: 'logger', config: { message: 'open {{ execution.signals.go }}' } },
        { id: 'wait', component: 'wait_for_signal', depends_on: ['ask'], config: { signal: 'go', choices: ['yes'] } },
      ],
    })
    const id = await start()
    await until(client, id, isWaiting)
    const link = await linkIn(client, id)
    const post = (type: string, body: string) => send(link, { method: 'POST', headers: { 'content-type': type }, body })
    for (const type of TYPES.slice(1)) expect([type, (await post(type, MULTIPART)).status]).toEqual([type, 415])
    expect((await post('application/json, multipart/form-data; boundary=x', '{"choice":"yes"}')).status).toBe(415)
    const form = 'choice=yes&comment=ok&files[f][filepath]=%2Fetc%2Fpasswd&__proto__=x&payload={"a":1}'
    expect((await post(TYPES[0] ?? '', form)).status).toBe(200)
    const { output } = await until(client, id, (status) => status === 'completed')
    expect(output).toEqual({ choice: 'yes', comment: 'ok' })
  })
})
