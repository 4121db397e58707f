import { describe, expect, test } from 'vitest'
import decodeQR from 'qr/decode.js'
import { deviceName } from '#lib/account/device-name.ts'
import { qrPath } from '#lib/account/qr-path.ts'
import {
  auditFiltersFromSearch,
  countAuditFilters,
  queryFromAuditFilters,
  searchFromAuditFilters,
} from '#lib/audit/audit-filters.ts'
import { deliveryFiltersFromSearch, searchFromDeliveryFilters } from '#lib/deliveries/delivery-filters.ts'
import { reasonWords } from '#lib/deliveries/reason-words.ts'
import { formatBytes } from '#lib/format/bytes.ts'
import { expiresAtOf } from '#lib/keys/expiry.ts'
import { roleOfScopes, SCOPE_GROUPS, scopeOptions, scopesOfRole } from '#lib/keys/scope-look.ts'
import { rolesWithin } from '#lib/people/role-look.ts'
import { PLAIN_SCOPES, ROLE_SCOPES } from '#core/contract/scopes'

const nowAt = Date.parse('2026-03-10T12:00:00Z')

describe('a device', () => {
  test.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Windows'],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0', 'Edge on Windows'],
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0 Safari/537.36', 'Chrome on Linux'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18 Safari/605', 'Safari on macOS'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Mobile Safari/604', 'Safari on iPhone'],
    ['curl/8.5.0', 'curl'],
    ['', 'Unknown device'],
    [null, 'Unknown device'],
  ])('that says %s is called %s', (userAgent, name) => {
    expect(deviceName(userAgent)).toBe(name)
  })
})

test('the QR code of a secret reads as the text it was made of', () => {
  const text = 'otpauth://totp/Millrace%3Aada%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Millrace'
  const { side, path } = qrPath(text)
  const scale = 4
  const width = side * scale
  const data = new Uint8Array(width * width * 4).fill(255)
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let row = 0; row < scale; row++) {
      const start = ((Number(y) * scale + row) * width + Number(x) * scale) * 4
      for (let pixel = 0; pixel < scale; pixel++) data.fill(0, start + pixel * 4, start + pixel * 4 + 3)
    }
  }
  expect(decodeQR({ width, height: width, data })).toBe(text)
})

describe('the filters of the audit', () => {
  test('stand in the address and come back from it', () => {
    const search = '?actor=user_1&action=key.rotated&secret=api_key&dateRange=last_7_days'
    const filters = auditFiltersFromSearch(new URLSearchParams(search))
    expect(searchFromAuditFilters(filters)).toBe(search)
    expect(countAuditFilters(filters)).toBe(4)
    expect(queryFromAuditFilters(filters, nowAt)).toEqual({
      actor: 'user_1',
      action: 'key.rotated',
      secret: 'api_key',
      from: '2026-03-03T12:00:00.000Z',
    })
  })

  test('count a range as one, and send its ends as they were chosen', () => {
    const filters = auditFiltersFromSearch(new URLSearchParams('from=2026-03-01T00:00:00Z&to=nonsense'))
    expect(filters).toMatchObject({ dateRange: 'custom', from: '2026-03-01T00:00:00.000Z', to: '' })
    expect(countAuditFilters(filters)).toBe(1)
    expect(queryFromAuditFilters(filters, nowAt)).toEqual({ from: '2026-03-01T00:00:00.000Z' })
  })

  test('leave out a range nobody knows', () => {
    expect(searchFromAuditFilters(auditFiltersFromSearch(new URLSearchParams('dateRange=last_century')))).toBe('')
  })
})

describe('the filters of deliveries', () => {
  test('stand in the address and come back from it, but for what is unknown', () => {
    const filters = deliveryFiltersFromSearch(new URLSearchParams('outcome=refused&reason=paused'))
    expect(searchFromDeliveryFilters(filters)).toBe('?outcome=refused&reason=paused')
    expect(deliveryFiltersFromSearch(new URLSearchParams('outcome=maybe'))).toEqual({ outcome: '', reason: '' })
  })

  test('are called by words', () => {
    expect(reasonWords('credential_wrong')).toBe('Credential wrong')
    expect(reasonWords('malformed_json')).toBe('Malformed JSON')
  })
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [4_096, '4.1 kB'],
  [999_960, '1.0 MB'],
])('%i bytes read %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

describe('a new key', () => {
  test('ends after the days chosen, at the end of the day chosen, or never', () => {
    expect(expiresAtOf('30', '', nowAt)).toBe('2026-04-09T12:00:00.000Z')
    expect(expiresAtOf('never', '', nowAt)).toBeNull()
    expect(Date.parse(expiresAtOf('date', '2026-03-12', nowAt) ?? '')).toBe(new Date('2026-03-12T23:59:59').getTime())
  })

  test('is not made with a day that is missing or past', () => {
    expect(expiresAtOf('date', '', nowAt)).toBeUndefined()
    expect(expiresAtOf('date', '2026-03-01', nowAt)).toBeUndefined()
  })

  test('is offered every scope there is, and none its maker does not hold', () => {
    const options = SCOPE_GROUPS.flatMap((group) => scopeOptions(group, ['staging'], ROLE_SCOPES.deployer))
    expect(options.map(({ value }) => value).sort()).toEqual([...PLAIN_SCOPES, 'deploy:*', 'deploy:staging'].sort())
    expect(options.filter(({ disabled }) => disabled).map(({ value }) => value)).toEqual([
      'environments:write',
      'keys:write',
      'members:write',
      'audit:read',
    ])
  })

  test('may start from what a role may do, as far as its maker may', () => {
    expect(roleOfScopes(scopesOfRole('editor', ROLE_SCOPES.owner))).toBe('editor')
    expect(roleOfScopes(scopesOfRole('admin', ROLE_SCOPES.runner))).toBe('runner')
    expect(roleOfScopes(['executions:run'])).toBeNull()
  })
})

test('nobody is offered to give a role above their own', () => {
  expect(rolesWithin('admin').map(({ value }) => value)).toEqual(['viewer', 'runner', 'editor', 'deployer', 'admin'])
})
