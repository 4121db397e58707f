import { describe, expect, it } from 'vitest'
import { openFor, withHeader } from './open-for'
import type { Sender } from './sender'
import { senders } from './senders'

const naming = senders.filter(({ namesDelivery }) => namesDelivery)
const optIn = senders.filter(({ unsignedId }) => unsignedId !== null)
const bodyOnly = senders.filter(
  ({ namesDelivery, written: { type } }) => !namesDelivery && !['api_key', 'bearer', 'oauth'].includes(String(type)),
)
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

async function startedBy(sender: Sender, times: number, more: Record<string, unknown> = {}, id = 'same') {
  const door = await openFor(sender, { more })
  const letter = await door.letter({ id })
  const answers = await Promise.all(Array.from({ length: times }, () => door.send(letter)))
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  const ids = new Set(
    await Promise.all(answers.map(async (answer) => ((await answer.json()) as { executionId: string }).executionId)),
  )
  expect(ids.size).toBe(door.started.length)
  return door.started.length
}

describe('a delivery that comes a thousand times', () => {
  it.for(naming)('starts one execution where its proof names it (W-16): $name', async (sender) => {
    expect(await startedBy(sender, 1_000)).toBe(1)
  })

  it.for(bodyOnly)('starts one where the document asks for dedupe of bodies (W-16): $name', async (sender) => {
    expect(await startedBy(sender, 1_000, { dedupe: 'body' })).toBe(1)
  })

  it.for(senders.filter(({ namesDelivery }) => !namesDelivery))(
    'starts one where it brings an Idempotency-Key of its own (W-16): $name',
    async (sender) => {
      const door = await openFor(sender)
      const letter = await door.letter()
      const send = () => door.send(letter, [['idempotency-key', 'k-1']])
      const answers = await Promise.all(Array.from({ length: 1_000 }, send))
      expect(answers.every(({ status }) => status === 200)).toBe(true)
      expect(door.started).toHaveLength(1)
    },
  )

  it('starts one where only its signature tells it, such as a command of Slack (W-16)', async () => {
    const door = await openFor(senders.find(({ name }) => name === 'slack')!)
    const letter = await door.letter({ body: bytes({ command: '/deploy', trigger_id: '1.2.abc' }) })
    for (let n = 0; n < 3; n++) expect((await door.send(letter)).status).toBe(200)
    await door.send(await door.letter({ body: bytes({ command: '/deploy', trigger_id: '1.2.abd' }) }))
    expect(door.started).toHaveLength(2)
  })

  it.for(naming)('is another one under another name: $name', async (sender) => {
    const door = await openFor(sender)
    for (const id of ['one', 'two']) await door.send(await door.letter({ id }))
    expect(door.started).toHaveLength(2)
  })

  it.for(naming)(
    'is the same one though its sender rewrites what it says, or brings a key of its own: $name',
    async (sender) => {
      if (sender.covers.includes('body') && sender.name.startsWith('hubspot'))
        return expect(sender.namesDelivery).toBe(true)
      const door = await openFor(sender)
      const first = JSON.parse(sender.body({ secret: sender.secrets[0], id: 'same' })) as object
      for (const [tries, key] of [
        [1, 'k-1'],
        [2, 'k-2'],
      ] as const) {
        const letter = await door.letter({ id: 'same', body: bytes({ ...first, tries }) })
        expect((await door.send(letter, [['idempotency-key', key]])).status).toBe(200)
      }
      expect(door.started).toHaveLength(1)
    },
  )
})

describe('a body sent again under a fresh id that nobody signed', () => {
  it.for(optIn)(
    'starts one execution with dedupe: body and two with dedupe: delivery_id (W-17): $name',
    async (sender) => {
      for (const [dedupe, expected] of [
        ['body', 1],
        ['delivery_id', 2],
        [undefined, 2],
      ] as const) {
        const door = await openFor(sender, { more: dedupe === undefined ? {} : { dedupe } })
        const letter = await door.letter({ id: 'first' })
        const again = withHeader(letter, sender.unsignedId!, () => 'second')
        for (const one of [letter, again]) expect((await door.send(one)).status).toBe(200)
        expect(door.started).toHaveLength(expected)
      }
    },
  )

  it.for(optIn)(
    'with dedupe: delivery_id the same id starts one, and swallows no other body (W-17): $name',
    async (sender) => {
      const door = await openFor(sender, { more: { dedupe: 'delivery_id' } })
      const letter = await door.letter({ id: 'first' })
      for (const _ of [1, 2]) expect((await door.send(letter)).status).toBe(200)
      const other = await door.letter({ id: 'first', body: bytes({ other: true }) })
      expect((await door.send(other)).status).toBe(422)
      expect(door.started).toHaveLength(1)
    },
  )

  it.for(bodyOnly)('another body is another execution (W-17): $name', async (sender) => {
    const door = await openFor(sender, { more: { dedupe: 'body' } })
    for (const id of ['one', 'two']) expect((await door.send(await door.letter({ id }))).status).toBe(200)
    expect(door.started).toHaveLength(2)
  })

  it.for(bodyOnly)('an Idempotency-Key does not get round dedupe: body (W-17): $name', async (sender) => {
    const door = await openFor(sender, { more: { dedupe: 'body' } })
    const letter = await door.letter()
    for (const key of ['a', 'b', 'c']) expect((await door.send(letter, [['idempotency-key', key]])).status).toBe(200)
    expect(door.started).toHaveLength(1)
  })
})

it('an Idempotency-Key cannot be written so that it stands for the delivery of a provider', async () => {
  const door = await openFor(senders.find(({ name }) => name === 'stripe')!)
  const nameless = await door.letter({ body: bytes({ note: 'no id' }) })
  for (const key of ['evt_1', 'delivery:0:evt_1', '0:evt_1']) await door.send(nameless, [['idempotency-key', key]])
  const before = door.started.length
  await door.send(await door.letter({ id: 'evt_1' }))
  expect(door.started).toHaveLength(before + 1)
})
