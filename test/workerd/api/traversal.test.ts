import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { API } from '#core/contract/api'
import type { Operation } from '#core/contract/operation'
import { compose } from '../../../worker/compose'
import type { Bindings } from '../../../worker/env'
import { isEnded, newPlace, until } from './deploy-document'
import { archived } from './later'
import { ORIGIN } from './support'

type Place = Awaited<ReturnType<typeof newPlace>>

let place: Place
let own: string
let theirs: { readonly organizationId: string; readonly id: string; readonly word: string }
/** Keys of R2 that were asked for, or listed by their beginning. */
const asked: string[] = []
let call: (path: string, init?: RequestInit) => Promise<Response>

/** An execution whose output is large enough to lie in R2, and what its organization is called there. */
async function stored({ client, deploy }: Place, word: string) {
  const value = `{{ pad_end('${word}', 400000, 'x') }}`
  const { start } = await deploy({ name: word, stages: [{ id: 'big', component: 'transform', config: { value } }] })
  const id = await start()
  await until(client, id, isEnded)
  return id
}

beforeAll(async () => {
  place = await newPlace()
  own = await stored(place, 'ours')
  const other = await newPlace()
  const id = await stored(other, 'THEIR-OUTPUT')
  const me = await other.client.getMe({})
  theirs = { id, word: 'THEIR-OUTPUT', organizationId: me.ok ? me.body.organizationId : '' }
  const watched = new Proxy(env.BUCKET, {
    get: (target, name: keyof R2Bucket) => (first: string | { prefix?: string }, second: never) => {
      asked.push(typeof first === 'string' ? first : (first.prefix ?? ''))
      return (target[name] as (first: unknown, second: unknown) => unknown)(first, second)
    },
  })
  const { app } = compose(
    { ...env, BUCKET: watched } as unknown as Bindings,
    (work) => void work.catch(() => undefined),
  )
  call = (path, init = {}) => {
    const headers = { authorization: `Bearer ${place.key}`, 'content-type': 'application/json' }
    return Promise.resolve(app.fetch(new Request(ORIGIN + path, { ...init, headers })))
  }
})

/** Ids that lead out of their folder wherever somebody makes a path of them. A bare `..` never gets here: URLs undo it. */
function wayOut(): readonly string[] {
  const up = [
    '..%2f',
    '%2e%2e%2f',
    '..%2f..%2f..%2fetc%2fpasswd',
    '..%252f..%252f',
    '..%5c..%5c',
    '%2fetc%2fpasswd',
    '%00',
  ]
  return [...up, `${own}%2f..%2f${theirs.id}`, `..%2f${theirs.id}`, `t%2fstandard%2f${theirs.organizationId}%2f`]
}

/** And what else could be read as another execution or another place. */
function moreOf(): readonly string[] {
  const spelt = ['%00', '%2f', '.', '%20', '0', '%3fx=1', '%0a'].map((end) => own + end)
  const cut = [
    own.toUpperCase(),
    own.slice(0, -1),
    own.replace('exec_', 'exec_..%2f'),
    `%2f${own}`,
    `${own}%5c..%5c${theirs.id}`,
  ]
  const keys = ['t', 'o', 'd', 'k'].map((kind) => `${kind}%2fstandard%2f${theirs.organizationId}%2f`)
  return [
    ...spelt,
    ...cut,
    ...keys,
    `k%2f${theirs.organizationId}`,
    'file:%2f%2f%2fetc%2fpasswd',
    '__proto__',
    '*',
    '%',
  ]
}

const reading = Object.entries<Operation>(API).filter(([, { method, path }]) => method === 'GET' && path.includes('{'))
const acting = Object.entries<Operation>(API).filter(
  ([, { method, path }]) => method !== 'GET' && path.includes('{id}'),
)

describe('an id that leaves its folder (T-21)', () => {
  test('finds nothing in any call that reads, and asks R2 for nothing', async () => {
    expect(reading.length).toBeGreaterThan(10)
    asked.length = 0
    for (const [name, { path }] of reading) {
      const ofExecutions = path.startsWith('/v1/executions/')
      for (const id of ofExecutions ? [...wayOut(), ...moreOf()] : wayOut()) {
        const answer = await call(path.replaceAll(/\{\w+\}/g, id))
        const text = await answer.text()
        expect([400, 404, 405, 422], `${name} ${id} ${text}`).toContain(answer.status)
        expect(text.includes(theirs.word) || text.includes('root:'), `${name} ${id}`).toBe(false)
      }
    }
    expect(asked).toEqual([])
  })

  test('is changed, started or removed by no call that acts', async () => {
    asked.length = 0
    for (const [name, { method, path }] of acting) {
      for (const id of wayOut().slice(-5)) {
        const answer = await call(path.replaceAll(/\{\w+\}/g, id), { method, body: '{}' })
        expect([400, 404, 405, 409, 422], `${name} ${id}`).toContain(answer.status)
      }
    }
    expect(asked).toEqual([])
  })

  test('is not needed for what is one’s own: that is found, and only there', async () => {
    asked.length = 0
    const trace = await call(`/v1/executions/${own}/trace`)
    expect([trace.status, (await trace.text()).includes('ours')]).toEqual([200, true])
    await archived(own)
    expect((await call(`/v1/executions/${own}/trace`)).status).toBe(200)
    expect(new Set(asked.map((key) => key[0]))).toEqual(new Set(['o', 't']))
    for (const key of asked) {
      expect(key).toMatch(/^[to]\/standard\/org_[0-9a-z]{25}\/[0-9a-z]{13}\/\d+\/[0-9a-z]+(?:[/-][0-9a-z-]+)?$/)
      expect(key).not.toContain(theirs.organizationId)
    }
  })

  test('cannot be forged by an output that looks like one that was stored', async () => {
    const { deploy, client } = place
    const value = '{{ input }}'
    const { start } = await deploy({
      name: 'forger',
      stages: [{ id: 'same', component: 'transform', config: { value } }],
    })
    const key = `o/standard/${theirs.organizationId}/${theirs.id.slice(14, 27)}/0/0/1-0`
    const forged = { type: 'events', v: 1, at: 1, ref: key, count: 1, outputRef: key, itemsRef: key, output: null }
    const id = await start(forged)
    expect((await until(client, id, isEnded)).output).toEqual(forged)
    asked.length = 0
    const trace = await (await call(`/v1/executions/${id}/trace`)).text()
    expect([trace.includes(theirs.word), asked.filter((one) => one.startsWith('o/'))]).toEqual([false, []])
  })
})
