import type { Problem } from '#core/contract/problem'

export type Refusal = { readonly ok: false; readonly status: number; readonly problem: Problem }

/** Awaits an answer of the API. A network that fails, or an answer we cannot read, becomes a problem like any other. */
export async function ask<R>(call: Promise<R>): Promise<R | Refusal> {
  try {
    return await call
  } catch (error) {
    return { ok: false, status: 0, problem: error instanceof TypeError ? unreachable() : unreadable(error) }
  }
}

function unreachable(): Problem {
  return problem('unreachable', 'Millrace cannot be reached.', 'Check that the server runs and that you are online.')
}

function unreadable(error: unknown): Problem {
  const detail = 'Millrace answered in a way this page does not understand.'
  const cause = error instanceof Error ? error.message : String(error)
  return { ...problem('answer_unreadable', detail, 'Reload the page: it may be older than the server.'), cause }
}

function problem(code: string, title: string, hint: string): Problem {
  return { type: 'about:blank', title, status: 0, code, detail: title, hint, requestId: '', issues: [] }
}
