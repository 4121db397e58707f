import { expect } from 'vitest'
import type { Answer } from './caller'

export type Refusal = {
  readonly status: number
  readonly code: string
  /** The place of one of its issues. */
  readonly path?: string
  readonly hint?: RegExp
}

/** A refusal says in one form what is wrong, where, and what to do. */
export function expectRefusal(answer: Answer, { status, code, path, hint }: Refusal): void {
  expect([answer.status, answer.body?.code, answer.text]).toEqual([status, code, answer.text])
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.body).toMatchObject({
    type: `/docs/errors#${code}`,
    title: expect.stringMatching(/\.$/),
    status,
    code,
    detail: expect.stringMatching(/./),
    requestId: expect.stringMatching(/^req_/),
    issues: expect.any(Array),
  })
  expect(answer.headers.get('x-request-id')).toBe(answer.body.requestId)
  if (path !== undefined) expect(answer.body.issues.map((issue: { path: string }) => issue.path)).toContain(path)
  if (hint !== undefined) {
    const hints = [answer.body.hint, ...answer.body.issues.map((issue: { hint?: string }) => issue.hint)]
    expect(hints.filter(Boolean).join('\n')).toMatch(hint)
  }
}
