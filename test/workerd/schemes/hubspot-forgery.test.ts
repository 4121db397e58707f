import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { extendHash } from './length-extension'
import { openFor } from './open-for'
import { plainHash } from './sender'
import { senders } from './senders'

const v1 = senders.find(({ name }) => name === 'hubspot v1')!

it('a body that was made longer by whoever saw a signature is no text, and starts nothing (W-18)', async () => {
  const door = await openFor(v1)
  const [secret] = v1.secrets
  const letter = await door.letter()
  const seen = plainHash([secret, letter.body])
  const suffix = Buffer.from('{"role":"admin"}')
  const { glue, digest } = extendHash(seen, Buffer.byteLength(secret) + letter.body.length, suffix)
  const body = new Uint8Array(Buffer.concat([letter.body, glue, suffix]))
  // The forgery is a good one: this is the hash HubSpot would have made.
  expect(digest).toBe(plainHash([secret, body]))
  for (const type of [
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/octet-stream',
  ]) {
    const headers: [string, string][] = [
      ['x-hubspot-signature', digest],
      ['content-type', type],
    ]
    expect([400, 415]).toContain((await door.send({ ...letter, headers, body })).status)
  }
  expect(door.started).toHaveLength(0)
})

it('v1 and v2 are used where a document names them, and nowhere else', async () => {
  const v3 = senders.find(({ name }) => name === 'hubspot v3')!
  const door = await openFor(v3)
  for (const version of ['v1', 'v2']) {
    const old = senders.find(({ name }) => name === `hubspot ${version}`)!
    const body = new TextEncoder().encode('[]')
    const headers = await old.headers({
      secret: v3.secrets[0],
      time: '',
      id: '',
      body,
      url: door.address,
      method: 'POST',
    })
    expect((await door.send({ method: 'POST', query: '', headers, body })).status).toBe(401)
  }
})
