import * as z from 'zod'
import type { Json } from '../kernel/json'
import type { ArchivedExecution } from './archive'

/** Written into every archived execution, so that a later reader knows what it reads. */
const FORMAT_VERSION = 1

const Archived = z.looseObject({
  v: z.literal(FORMAT_VERSION),
  record: z.looseObject({ payload: z.json(), result: z.json(), journal: z.array(z.json()) }),
})

/**
 * One archived execution as JSON. Payload, result and journal are JSON texts already and go in as what they say: quoting
 * them once more would cost a third of the space.
 */
export function formatArchived({ summary, record, release }: ArchivedExecution): string {
  const { payload, result, journal, ...rest } = record
  const head = JSON.stringify({ v: FORMAT_VERSION, summary, release }).slice(0, -1)
  const facts = JSON.stringify(rest).slice(0, -1)
  return `${head},"record":${facts},"payload":${payload},"result":${result ?? 'null'},"journal":[${journal.join(',')}]}}`
}

/** The execution in a text of formatArchived; throws when it is none. */
export function parseArchived(text: string): ArchivedExecution {
  const { v: _version, ...archived } = Archived.parse(JSON.parse(text))
  const { payload, result, journal } = archived.record
  const record = {
    ...archived.record,
    payload: JSON.stringify(payload),
    result: result === null ? null : JSON.stringify(result),
    journal: journal.map((event: Json) => JSON.stringify(event)),
  }
  return { ...archived, record } as unknown as ArchivedExecution
}
