import { describe, expect, it } from 'vitest'
import { parseCron } from '#core/schedule/cron'

describe('the cron grammar', () => {
  it.for([
    '* * * * *',
    '*/5 * * * *',
    '0 9 * * 1-5',
    '0 0 * * 7',
    '0 0 * * SUN',
    '0 0 1 jan,jul *',
    '1-5,3 0 * * *',
    '*/7,3-9/2 * * * *',
    '0 0 L * *',
    '0 0 * * 5L',
    '0 0 * * 1#2,3#4',
    '0 0 13 * 5',
    '0 0 */2 * *',
    '0 0 29 2 *',
    '@daily',
    '@HOURLY',
    '  0   9\t* * *  ',
  ])('"%s" is accepted', (text) => {
    expect(parseCron(text)).toMatchObject({ ok: true })
  })

  it.for([
    ['', 'empty'],
    ['* * * *', '4 fields'],
    ['0 0 9 * * *', '6 fields'],
    ['0 0 9 * * * 2026', '7 fields'],
    ['60 * * * *', 'minute'],
    ['* 24 * * *', 'hour'],
    ['* * 0 * *', 'day of month'],
    ['* * 32 * *', 'day of month'],
    ['* * * 13 *', 'month'],
    ['* * * * 8', 'day of week'],
    ['61 * * * *', 'minute'],
    ['*/0 * * * *', 'step'],
    ['*/90 * * * *', 'step'],
    ['5/15 * * * *', 'minute'],
    ['22-2 * * * *', 'minute'],
    ['0 0 * * FRI-MON', 'day of week'],
    ['1,,2 * * * *', 'minute'],
    ['1.5 * * * *', 'minute'],
    ['0x5 * * * *', 'minute'],
    ['1e1 * * * *', 'minute'],
    ['-1 * * * *', 'minute'],
    ['H * * * *', 'minute'],
    ['0 0 15W * *', 'day of month'],
    ['0 0 L-3 * *', 'day of month'],
    ['0 0 ? * 1', 'day of month'],
    ['0 0 * * 1#6', 'day of week'],
    ['٠ ٠ * * *', 'minute'],
    ['@reboot', 'not a known'],
    ['@every 5m', '2 fields|known'],
    ['TZ=UTC 0 9 * * *', '6 fields'],
    ['2026-01-01T00:00:00', '1 field'],
    ['0 9 * * * # daily', '7 fields'],
    ['0 0 30 2 *', 'never fires'],
    ['0 0 31 4,6,9,11 *', 'never fires'],
    ['0 0 */2 * 1', 'different days'],
    ['0 0 1 * */2', 'different days'],
    [`${'1,'.repeat(60)}1 * * * *`, 'longer than'],
    ['0 0 * * *\n0 1 * * *', 'day of week|fields'],
    ['__proto__', '1 field'],
    ['constructor', '1 field'],
  ] as const)('"%s" is refused with a reason and a hint', ([text, reason]) => {
    const parsed = parseCron(text)
    expect(parsed).toMatchObject({ ok: false, error: { code: 'cron_invalid', message: expect.stringMatching(reason) } })
    expect(parsed.ok ? '' : parsed.error.hint).not.toBe('')
  })
})
