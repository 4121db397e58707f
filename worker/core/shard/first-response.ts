import type { WebhookResponse } from '../components/context'

const MARK = '"response":{'

type Line = { readonly type?: string; readonly response?: WebhookResponse }

/** The answer a journal holds for whoever called the webhook: the first one that a stage gave, or null. */
export function firstResponse(journal: readonly string[]): WebhookResponse | null {
  for (const line of journal) {
    if (!line.includes(MARK)) continue
    const { type, response } = JSON.parse(line) as Line
    if (type === 'stage_succeeded' && response !== undefined) return response
  }
  return null
}
