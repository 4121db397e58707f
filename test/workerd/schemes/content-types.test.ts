import { describe, expect, it } from 'vitest'
import { triggerOf, triggerTypes } from '#core/triggers/registry'
import { openFor } from './open-for'
import { sender } from './sender'
import { senders } from './senders'

const none = sender({
  name: 'none',
  written: { type: 'none' },
  fields: null,
  header: null,
  covers: [],
  headers: () => [],
})
const everybody = [none, ...senders]

/** What made another product read files of its own: a body that says it is an upload. */
const UPLOAD = {
  files: { f: { filepath: '/etc/passwd', originalFilename: '../../x', mimetype: 'text/plain', size: 1 } },
}
const MULTIPART =
  '--x\r\nContent-Disposition: form-data; name="files"; filename="../../etc/passwd"\r\n\r\n{"filepath":"/etc/passwd"}\r\n--x--'
const XML = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'

const JSON_TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/vnd.api+json',
  'Application/JSON;x=y',
]
const FORM = 'application/x-www-form-urlencoded'
/** Nothing here reads them, whatever is in the body. */
const REFUSED = [
  'multipart/form-data; boundary=x',
  'multipart/mixed; boundary=x',
  'application/xml',
  'text/xml; charset=utf-8',
  'text/html',
  'application/octet-stream',
  'application/x-yaml',
  'application/javascript',
  'application/x-www-form-urlencoded-data',
  'application/json, multipart/form-data; boundary=x',
  'application/json; charset=utf-8, multipart/form-data; boundary=x',
  'multipart/form-data; boundary=x, application/json',
  'json',
  '*/*',
]

const fieldsOf = (text: string) => Object.fromEntries(new URLSearchParams(text))

it('requests from outside start triggers of one type only, so that this is every trigger there is (T-05)', () => {
  const reachable = triggerTypes().filter((type) => triggerOf(type)?.available && triggerOf(type)?.source === 'request')
  expect(reachable).toEqual(['webhook'])
})

describe('the type of a body decides how it is read, and nothing else does (T-05)', () => {
  it.for(everybody)('a body that describes an upload is a value like any other: $name', async (sender) => {
    const door = await openFor(sender)
    const hides = sender.written['type'] === 'zoho_crm'
    const textOf = (id: string) => {
      const own = JSON.parse(sender.body({ secret: sender.secrets[0], id })) as object
      return JSON.stringify({ ...own, ...UPLOAD })
    }
    const tries = [...JSON_TYPES, FORM, 'text/plain'].map((type, n) => [type, textOf(`upload-${n}`)] as const)
    for (const [type, text] of tries) {
      const letter = await door.letter({ body: new TextEncoder().encode(text) })
      const before = door.started.length
      const answer = await door.send(typed(letter, type))
      if (hides && !JSON_TYPES.includes(type)) {
        expect([type, answer.status, door.started.length]).toEqual([type, 415, before])
        continue
      }
      expect([type, answer.status]).toEqual([type, 200])
      const { token: _, ...parsed } = JSON.parse(text) as Record<string, unknown>
      const read = type === FORM ? fieldsOf(text) : type === 'text/plain' ? text : parsed
      expect(JSON.parse(door.started[before]!.payload)).toEqual(read)
    }
  })

  it.for(everybody)('no other type is read as anything: $name', async (sender) => {
    const door = await openFor(sender)
    for (const type of REFUSED) {
      for (const text of [sender.body({ secret: sender.secrets[0], id: 'other' }), MULTIPART, XML]) {
        const letter = await door.letter({ body: new TextEncoder().encode(text) })
        const answer = await door.send(typed(letter, type))
        // Where the body holds the proof, most of these hold none.
        expect(sender.header === null && sender.name !== 'none' ? [401, 415] : [415], type).toContain(answer.status)
      }
    }
    expect(door.started).toEqual([])
  })

  it('a query is text, whatever its names look like', async () => {
    const door = await openFor(none)
    await door.call({ method: 'GET' }, '?files[f][filepath]=/etc/passwd&files[f][size]=1&a.b=c&n=1&t=true')
    expect(JSON.parse(door.started[0]!.payload)).toEqual({
      'files[f][filepath]': '/etc/passwd',
      'files[f][size]': '1',
      'a.b': 'c',
      n: '1',
      t: 'true',
    })
  })

  it('a credential in a body is not kept, however the body is called', async () => {
    const crm = senders.find(({ name }) => name === 'zoho_crm')!
    const door = await openFor(crm)
    for (const type of [...JSON_TYPES, FORM, 'text/plain', ...REFUSED]) {
      await door.send(typed(await door.letter(), type))
    }
    expect(door.started.length).toBe(JSON_TYPES.length)
    expect(JSON.stringify(door.started)).not.toContain(crm.secrets[0])
  })
})

type Letter = Awaited<ReturnType<Awaited<ReturnType<typeof openFor>>['letter']>>

function typed(letter: Letter, type: string): Letter {
  const rest = letter.headers.filter(([name]) => name !== 'content-type')
  return { ...letter, headers: [['content-type', type], ...rest] }
}
