import { Cron as Croner } from 'croner'
import { describe, expect, it } from 'vitest'
import { type Cron, nextFire, parseCron } from '#core/schedule/cron'
import { dueInstants } from './wall-clock-oracle'

const DAY_MS = 86_400_000

function cronOf(text: string): Cron {
  const parsed = parseCron(text)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.value
}

function fires(text: string, timezone: string, from: number, until: number): number[] {
  const cron = cronOf(text)
  const due: number[] = []
  for (let at = nextFire(cron, timezone, from); at !== null && at <= until; at = nextFire(cron, timezone, at))
    due.push(at)
  return due
}

const iso = (instants: readonly number[]) => instants.map((at) => new Date(at).toISOString())

describe('a clock that jumps forward', () => {
  it.for([
    ['30 2 * * *', 'America/New_York', '2026-03-08', ['2026-03-08T07:00:00.000Z']],
    ['0,30 2 * * *', 'America/New_York', '2026-03-08', ['2026-03-08T07:00:00.000Z']],
    ['*/15 2 * * *', 'America/New_York', '2026-03-08', []],
    ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-03', ['2026-10-03T15:30:00.000Z']],
    ['0 0 * * *', 'America/Santiago', '2026-09-06', ['2026-09-06T04:00:00.000Z']],
    ['0 9 * * *', 'America/New_York', '2026-03-08', ['2026-03-08T13:00:00.000Z']],
  ] as const)('"%s" in %s on %s', ([text, zone, day, expected]) => {
    const from = Date.parse(`${day}T00:00:00Z`) + (zone.startsWith('Australia') ? 12 : 0) * 3_600_000
    expect(iso(fires(text, zone, from, from + 20 * 3_600_000))).toEqual(expected)
  })
})

describe('a clock that repeats an hour', () => {
  it.for([
    ['30 1 * * *', ['2026-11-01T05:30:00.000Z']],
    ['*/30 1 * * *', ['05:00', '05:30', '06:00', '06:30'].map((time) => `2026-11-01T${time}:00.000Z`)],
    ['30 * * * *', ['04:30', '05:30', '06:30', '07:30'].map((time) => `2026-11-01T${time}:00.000Z`)],
  ] as const)('"%s" runs in New York as its kind says', ([text, expected]) => {
    const from = Date.parse('2026-11-01T04:00:00Z') - 1
    expect(iso(fires(text, 'America/New_York', from, from + 4 * 3_600_000))).toEqual(expected)
  })
})

describe('the days of a month', () => {
  it.for([
    ['0 0 L * *', ['2027-01-31', '2027-02-28', '2027-03-31']],
    ['0 0 * * 5L', ['2027-01-29', '2027-02-26', '2027-03-26']],
    ['0 0 * * 1#2', ['2027-01-11', '2027-02-08', '2027-03-08']],
    ['0 0 13 * 5', ['2027-01-01', '2027-01-08', '2027-01-13']],
    ['0 0 29 2 *', ['2028-02-29', '2032-02-29', '2036-02-29']],
    ['@yearly', ['2027-01-01', '2028-01-01', '2029-01-01']],
  ] as const)('"%s" fires on %s', ([text, expected]) => {
    const due: number[] = []
    let at = Date.parse('2026-12-31T12:00:00Z')
    for (let i = 0; i < 3; i++) due.push((at = nextFire(cronOf(text), 'UTC', at) ?? 0))
    expect(iso(due).map((text) => text.slice(0, 10))).toEqual(expected)
  })

  it('29 February is found across a century without one', () => {
    expect(iso([nextFire(cronOf('0 0 29 2 *'), 'UTC', Date.UTC(2096, 2, 1)) ?? 0])).toEqual([
      '2104-02-29T00:00:00.000Z',
    ])
  })
})

const EXPRESSIONS = [
  '* * * * *',
  '*/15 * * * *',
  '30 2 * * *',
  '0 3 * * *',
  '15,45 1 * * *',
  '*/20 1-3 * * *',
  '0 */2 * * *',
  '5 0-4 * * *',
  '59 23 * * *',
  '0 0 * * *',
  '30 0 * * *',
  '0 0 1 * *',
  '45 1 * * 0',
  '10-50/20 2 * 3,4,9,10,11 *',
  '0 2 8 * 0',
  '0 1-23 * * 1-5',
  '30 * 1-7 * 0',
]

describe('against a scan of every minute', () => {
  it.for([
    ['America/New_York', '2026-03-07', '2026-10-31'],
    ['Europe/Berlin', '2027-03-27', '2026-10-24'],
    ['Australia/Lord_Howe', '2026-10-03', '2027-04-03'],
    ['Africa/Casablanca', '2026-02-14', '2026-03-21'],
    ['America/Santiago', '2026-09-05', '2027-04-03'],
    ['Pacific/Chatham', '2026-09-26', '2027-04-03'],
    ['Atlantic/Azores', '2027-03-27', '2026-10-24'],
    ['Asia/Kolkata', '2026-12-31', '2026-06-01'],
  ] as const)('every expression agrees around the changes of %s', ([zone, ...days]) => {
    for (const day of days) {
      const from = Date.parse(`${day}T00:00:00Z`) - 1
      for (const text of EXPRESSIONS) {
        const found = fires(text, zone, from, from + 3 * DAY_MS)
        expect(iso(found), `${text} in ${zone}`).toEqual(
          iso(dueInstants(text, zone, from + 1 - 60_000, from + 3 * DAY_MS)),
        )
      }
    }
  })
})

/** Small, seeded and good enough to spread test cases. */
function sequence(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

describe('against croner', () => {
  it('600 random schedules agree in seven zones', () => {
    const pick = sequence(20_261_121)
    const zones = [
      'America/New_York',
      'Europe/Dublin',
      'Australia/Lord_Howe',
      'Asia/Tehran',
      'America/St_Johns',
      'UTC',
      'Africa/Cairo',
    ]
    const one = (min: number, max: number) => min + pick(max - min + 1)
    const field = (min: number, max: number) => {
      const low = one(min, max)
      return ['*', `${low}`, `${low}-${one(low, max)}`, `${low},${one(min, max)}`, `*/${one(2, 7)}`][pick(5)] ?? '*'
    }
    for (let i = 0; i < 600; i++) {
      const plain = (min: number, max: number) => (pick(3) > 0 ? '*' : String(one(min, max)))
      const text = `${field(0, 59)} ${field(0, 23)} ${plain(1, 28)} ${plain(1, 12)} ${plain(0, 6)}`
      const zone = zones[i % zones.length] ?? 'UTC'
      const from = Date.UTC(2026, pick(12), one(1, 28), pick(24), pick(60))
      const theirs = new Croner(text, { timezone: zone, paused: true, mode: '5-part', fixedTimeRule: 'no-wildcard' })
      expect(nextFire(cronOf(text), zone, from), `${text} in ${zone} after ${iso([from]).join()}`).toBe(
        theirs.nextRun(new Date(from))?.getTime() ?? null,
      )
    }
  })
})

it('the next fire is strictly later, and the same from anywhere in between', () => {
  for (const text of EXPRESSIONS) {
    const cron = cronOf(text)
    const after = Date.UTC(2026, 9, 31, 22, 17, 31)
    const due = nextFire(cron, 'America/New_York', after) ?? 0
    expect(due).toBeGreaterThan(after)
    expect(nextFire(cron, 'America/New_York', due - 1)).toBe(due)
    expect(nextFire(cron, 'America/New_York', due)).toBeGreaterThan(due)
  }
})
