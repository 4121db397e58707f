import { describe, expect, test } from 'vitest'
import { errorEntry, type ErrorCode, ERRORS } from '#core/contract/errors'

const codes = Object.keys(ERRORS) as ErrorCode[]

describe('a refusal', () => {
  test.each(codes)('with %s says in sentences what is wrong and what to do next', (code) => {
    const { title, hint, status } = errorEntry(code)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(title).toMatch(/^[A-Z].{8,}\.$/)
    expect(hint).toMatch(/^["A-Z].{8,}[.]$/)
    expect(hint).not.toBe(title)
  })
})
