import { describe, expect, it } from 'vitest'
import { percentile } from '../../../bench/client/percentile.mjs'
import { readOptions } from '../../../bench/options.mjs'
import { table } from '../../../bench/report/table.mjs'

describe('the report of the bench', () => {
  it('aligns its columns and leaves cells that a row lacks empty', () => {
    const text = table([
      { quantity: 'accept', measured: '10/s', floor: '11/s', ratio: '91 %', target: '>= 85 %', ok: true },
      { quantity: 'bundle', measured: '1288 KiB' },
      { quantity: 'lag', measured: '9 s', target: '< 5 s', ok: false },
    ])
    expect(text.split('\n')).toEqual([
      'quantity | measured | floor | ratio | target  | ok',
      '---------|----------|-------|-------|---------|----',
      'accept   | 10/s     | 11/s  | 91 %  | >= 85 % | yes',
      'bundle   | 1288 KiB |       |       |         |',
      'lag      | 9 s      |       |       | < 5 s   | NO',
    ])
  })

  it('takes a percentile that was really measured', () => {
    const sorted = Array.from({ length: 200 }, (_, n) => n + 1)
    expect([0, 0.5, 0.99, 1].map((share) => percentile(sorted, share))).toEqual([1, 100, 198, 200])
    expect(percentile([7], 0.99)).toBe(7)
    expect(percentile([], 0.5)).toBeNaN()
  })
})

describe('the command line of the bench', () => {
  const names = ['accept', 'burst', 'pure']

  it('runs everything unless told otherwise', () => {
    expect(readOptions([], names)).toEqual({ quick: false, only: names, json: undefined })
  })

  it('runs what --only names, in that order', () => {
    const options = readOptions(['--quick', '--only', 'pure, accept', '--json', 'out.json'], names)
    expect(options).toEqual({ quick: true, only: ['pure', 'accept'], json: 'out.json' })
  })

  it('refuses a name it does not know and lists those it does', () => {
    expect(() => readOptions(['--only', 'speed'], names)).toThrow(
      'There is no measurement speed. There are accept, burst, pure.',
    )
    expect(() => readOptions(['--fast'], names)).toThrow(/--fast/)
  })
})
