import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '#core/model/limits'
import { PLAN_LIMITS } from '#core/model/plan-limits'

const all = { ...LIMITS, ...PLAN_LIMITS }
const page = readFileSync(new URL('../../../docs/design/limits.md', import.meta.url), 'utf8')

describe('the page of limits', () => {
  test.for(Object.entries(all))('gives %s its value, %i', ([name, value]) => {
    const row = page.split('\n').find((line) => line.includes(`\`${name}\``)) ?? `no row for ${name}`
    const [, , limit = row] = row.split('|')
    expect(limit.match(/[\d,]+/g)).toContain(value.toLocaleString('en-US'))
  })

  test('names no constant that does not exist', () => {
    const named = [
      ...page.matchAll(
        /`(\w+(?:Max|Min|Default|PerWindow|PerDeployment|PerOrganization|Seconds|SecondsMost|RequestsMost))`/g,
      ),
    ].map(([, name]) => name)
    expect(new Set(named)).toEqual(new Set(Object.keys(all)))
  })
})
