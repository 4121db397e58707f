import type { Json } from '../kernel/json'
import type { Failure } from '../model/failure'

/** What an iteration came to. */
export type EndedIteration =
  | { readonly status: 'completed'; readonly output: Json }
  | { readonly status: 'failed'; readonly failure: Failure }
  | { readonly status: 'cancelled' }

/** By index, in pages: adding to ten thousand copies two short lists, not one long one. */
export type IterationLog = readonly (readonly (EndedIteration | undefined)[])[]

const PAGE_LENGTH = 128

export function withEnded(log: IterationLog, index: number, entry: EndedIteration): IterationLog {
  const at = Math.floor(index / PAGE_LENGTH)
  const page = [...(log[at] ?? [])]
  page[index % PAGE_LENGTH] = entry
  const pages = [...log]
  for (let i = pages.length; i < at; i++) pages[i] = []
  pages[at] = page
  return pages
}

export function endedAt(log: IterationLog, index: number): EndedIteration | undefined {
  return log[Math.floor(index / PAGE_LENGTH)]?.[index % PAGE_LENGTH]
}
