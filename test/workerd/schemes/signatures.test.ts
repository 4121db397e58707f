import { describe, expect, it } from 'vitest'
import { type Letter, openFor, withHeader, withoutHeader } from './open-for'
import type { Sender } from './sender'
import { senders } from './senders'

const inHeaders = senders.filter(({ header }) => header !== null)
const covering = (part: string) => senders.filter(({ covers }) => covers.includes(part as never))

/** What of a header is the credential itself: the last long word, without its prefix. */
const CREDENTIAL = /[A-Za-z0-9+/_.-]{20,}=*$/

const swapCredential = (change: (text: string) => string) => (value: string) =>
  value.replace(CREDENTIAL, (text) => change(text))

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** The last letter of a whole signature ends in bits that encode nothing; the next one differs in those only. */
const nextInAlphabet = (letter: string) => ALPHABET[ALPHABET.indexOf(letter) + 1]!

function flipAt(text: string, at: number): string {
  return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1)
}

/** Sends every letter; none may be believed, and none may start anything. */
async function expectRefused(door: Awaited<ReturnType<typeof openFor>>, sent: readonly Letter[]) {
  for (const letter of sent) expect((await door.send(letter)).status).toBe(401)
  expect(door.started).toHaveLength(0)
}

async function opened(sender: Sender) {
  const door = await openFor(sender, { method: ['POST', 'PUT'], anyMethod: true })
  const letter = await door.letter()
  const changed = (change: (value: string) => string) => withHeader(letter, sender.header ?? '', change)
  return { door, letter, changed }
}

describe('a call as its provider signs it', () => {
  it.for(senders)('is accepted, whatever the case of its header names (W-21): $name', async (sender) => {
    const { door, letter } = await opened(sender)
    expect((await door.send(letter)).status).toBe(200)
    const upper = letter.headers.map(([name, value]) => [name.toUpperCase(), value] as [string, string])
    expect((await door.send({ ...letter, headers: upper })).status).toBe(200)
    expect(door.started.length).toBeGreaterThan(0)
  })
})

describe('one bit that was changed on the way', () => {
  it.for(inHeaders)('is found wherever it is in the credential (W-01): $name', async (sender) => {
    const { door, changed } = await opened(sender)
    const length = CREDENTIAL.exec((await door.letter()).headers.find(([name]) => name === sender.header)![1])![0]
      .length
    const places = [...Array.from({ length: 16 }, (_, n) => Math.floor((n * length) / 16)), length - 1]
    const flipped = places.map((at) => changed(swapCredential((text) => flipAt(text, at))))
    await expectRefused(door, flipped)
  })

  it.for(covering('body'))('is found in the body (W-01): $name', async (sender) => {
    const { door, letter } = await opened(sender)
    const flipped = [0, Math.floor(letter.body.length / 2), letter.body.length - 1].map((place) => ({
      ...letter,
      body: letter.body.map((byte, at) => (at === place ? byte ^ 1 : byte)),
    }))
    await expectRefused(door, [...flipped, { ...letter, body: letter.body.slice(1) }])
  })

  it.for(covering('time'))('is found in the time (W-01): $name', async (sender) => {
    const { door, letter } = await opened(sender)
    const later = letter.headers.map(([name, value]) => [name, value.replace(/(1700000000|22:13:2)/, flipLast)])
    expect(later).not.toEqual(letter.headers)
    await expectRefused(door, [{ ...letter, headers: later as Letter['headers'] }])
  })

  it.for(covering('id'))('is found in the id (W-01): $name', async (sender) => {
    const { door, letter } = await opened(sender)
    await expectRefused(
      door,
      [
        withHeader(letter, 'webhook-id', flipLast),
        withoutHeader(letter, 'webhook-id'),
        withHeader(letter, 'svix-id', flipLast),
        withoutHeader(letter, 'svix-id'),
      ].filter((one) => JSON.stringify(one.headers) !== JSON.stringify(letter.headers)),
    )
  })

  it.for(covering('method'))('is found in the method (W-01): $name', async (sender) => {
    const { door, letter } = await opened(sender)
    await expectRefused(door, [{ ...letter, method: 'PUT' }])
  })

  it.for(covering('uri'))('is found in the address (W-01): $name', async (sender) => {
    const { door, letter } = await opened(sender)
    await expectRefused(door, [{ ...letter, query: '?role=admin' }])
  })
})

const flipLast = (text: string) => flipAt(text, text.length - 1)

describe('a credential that is not there once', () => {
  it.for(inHeaders)('is refused when missing, empty or repeated (W-02): $name', async (sender) => {
    const { door, letter, changed } = await opened(sender)
    const name = sender.header!
    const value = letter.headers.find(([field]) => field === name)![1]
    await expectRefused(door, [
      withoutHeader(letter, name),
      changed(() => ''),
      { ...letter, headers: [...letter.headers, [name, value]] },
      changed((text) => `${text}, ${text}`),
      changed((text) => `${text},${text}`.repeat(20)),
    ])
  })

  it('is refused when missing, empty or repeated in a body (W-02): zoho_crm', async () => {
    const crm = senders.find(({ name }) => name === 'zoho_crm')!
    const { door, letter } = await opened(crm)
    const [token] = crm.secrets
    const text = JSON.stringify(token)
    const bodies = [
      '{}',
      '{"token":""}',
      '{"token":null}',
      `{"token":[${text}]}`,
      `{"token":"x","token":${text}}`,
      '[]',
      '{',
    ]
    await expectRefused(
      door,
      bodies.map((body) => ({ ...letter, body: new TextEncoder().encode(body) })),
    )
  })
})

describe('a credential in another form', () => {
  it.for(inHeaders)('is refused: another prefix, case or method (W-03): $name', async (sender) => {
    const { door, letter } = await opened(sender)
    const value = letter.headers.find(([field]) => field === sender.header)![1]
    const misspelt = sender.misspelt(value).filter((text) => text !== value)
    expect(misspelt.length).toBeGreaterThan(0)
    await expectRefused(
      door,
      misspelt.map((text) => withHeader(letter, sender.header!, () => text)),
    )
  })

  it.for(inHeaders)(
    'is refused and breaks nothing: odd, foreign, endless or no text at all (W-04): $name',
    async (sender) => {
      const { door, changed } = await opened(sender)
      const forms = [
        (text: string) => text.slice(1),
        (text: string) => `${text}0`,
        (text: string) => `${text}=`,
        () => '-_'.repeat(21) + '-=',
        () => 'é'.repeat(64),
        () => 'a'.repeat(10_000),
        () => '0x' + '0'.repeat(62),
        () => '%00'.repeat(20),
        () => '==',
        () => '....',
        () => '{}',
      ]
      await expectRefused(
        door,
        forms.map((form) => changed(swapCredential(form))),
      )
    },
  )

  it.for(senders.filter(({ encoding }) => encoding === 'base64'))(
    'is refused in the alphabet of addresses (W-04): $name',
    async (sender) => {
      const { door } = await opened(sender)
      for (let tries = 0; ; tries++) {
        const body = new TextEncoder().encode(JSON.stringify({ tries }))
        const letter = await door.letter({ body })
        const value = letter.headers.find(([field]) => field === sender.header)![1]
        const url = value.replace(CREDENTIAL, (text) => text.replaceAll('+', '-').replaceAll('/', '_'))
        if (url === value) continue
        await expectRefused(door, [withHeader(letter, sender.header!, () => url)])
        return
      }
    },
  )

  it.for(senders.filter(({ encoding }) => encoding === 'base64' || encoding === 'token'))(
    'is refused in another spelling of the same bytes (W-04): $name',
    async (sender) => {
      const { door, changed } = await opened(sender)
      const respelt = swapCredential((text) => text.replace(/.(=*)$/, (end) => nextInAlphabet(end[0]!) + end.slice(1)))
      await expectRefused(door, [changed(respelt)])
    },
  )

  it.for(inHeaders)('is refused when it was cut off anywhere (W-05): $name', async (sender) => {
    const { door, changed } = await opened(sender)
    const parts = [0.25, 0.5, 0.75, 0.99].map((part) => (text: string) => text.slice(0, Math.floor(text.length * part)))
    await expectRefused(
      door,
      parts.map((cut) => changed(swapCredential(cut))),
    )
  })
})

describe('a credential of somebody else', () => {
  it.for(senders.filter(({ fields }) => fields !== null))('opens no other door (W-09): $name', async (sender) => {
    const { door } = await opened(sender)
    await expectRefused(door, [await door.letter({ secret: sender.secrets[1] })])
  })
})
