import { describe, expect, it } from 'vitest'
import { NOW } from './now'
import { openFor } from './open-for'
import { type Sender, written } from './sender'
import { senders } from './senders'

const timed = senders.filter(({ unit }) => unit !== null)

async function statusAt(sender: Sender, time: string) {
  const door = await openFor(sender)
  const { status } = await door.send(await door.letter({ time }))
  expect(door.started).toHaveLength(status === 200 ? 1 : 0)
  return status
}

describe('the time a sender signed', () => {
  it.for(timed)('may be 299 seconds away and no 301, before or after (W-07): $name', async (sender) => {
    for (const away of [0, -299_000, 299_000])
      expect(await statusAt(sender, written(sender.unit, NOW + away))).toBe(200)
    for (const away of [-301_000, 301_000, -86_400_000, 86_400_000]) {
      expect(await statusAt(sender, written(sender.unit, NOW + away))).toBe(401)
    }
  })

  it.for(timed)('is refused in another unit (W-07): $name', async (sender) => {
    for (const unit of (['s', 'ms', 'iso'] as const).filter((other) => other !== sender.unit)) {
      expect(await statusAt(sender, written(unit, NOW))).toBe(401)
    }
  })

  it.for(timed)('is digits and nothing else, though it is signed as it is (W-07): $name', async (sender) => {
    const right = written(sender.unit, NOW)
    const texts = [
      `-${right}`,
      `+${right}`,
      `${right}.0`,
      `0x${right}`,
      `${right}abc`,
      '1e9',
      '1.7e12',
      '9223372036854775808',
      'NaN',
      '',
    ]
    for (const text of texts) expect(await statusAt(sender, text)).toBe(401)
  })

  it('is no date that only some readers understand (W-07): zendesk', async () => {
    const zendesk = senders.find(({ name }) => name === 'zendesk')!
    for (const text of [
      '2023-11-14',
      '2023-11-14T22:13:20',
      '2023-11-14T22:13:20+00:00',
      '2023-13-45T99:99:99Z',
      'Tue, 14 Nov 2023 22:13:20 GMT',
    ]) {
      expect(await statusAt(zendesk, text)).toBe(401)
    }
  })

  it.for(timed)('is held to the tolerance a document asks for (W-07): $name', async (sender) => {
    const door = await openFor(sender, { more: { toleranceSeconds: 30 } })
    const status = async (away: number) =>
      (await door.send(await door.letter({ time: written(sender.unit, NOW + away) }))).status
    expect(await status(-30_000)).toBe(200)
    expect(await status(-31_000)).toBe(401)
    expect(await status(31_000)).toBe(401)
  })

  it('is repeated in no second header or part: two of them are none', async () => {
    const stripe = senders.find(({ name }) => name === 'stripe')!
    const door = await openFor(stripe)
    const { headers, ...letter } = await door.letter()
    for (const add of [(value: string) => `t=1,${value}`, (value: string) => `${value},t=1`]) {
      const twice = headers.map(([name, value]) => [name, add(value)] as [string, string])
      expect((await door.send({ ...letter, headers: twice })).status).toBe(401)
    }
  })
})
