import { and, desc, eq, gte, isNull, lt } from 'drizzle-orm'
import type { DeadLetterRow, DeadLetterStore } from '../../ports/dead-letter-store'
import type { Database } from './database'
import { isOneOf } from './is-one-of'
import { deadLetters } from './schema/dead-letters'
import { workflows } from './schema/workflows'
import { toPage } from './to-page'

/** The dead letters of one organization in D1. */
export function createDeadLetterStore(db: Database, organizationId: string): DeadLetterStore {
  const own = eq(deadLetters.organizationId, organizationId)
  const named = () =>
    db
      .select({ letter: deadLetters, name: workflows.name })
      .from(deadLetters)
      .leftJoin(workflows, eq(workflows.id, deadLetters.workflowId))
  return {
    async list({ kind, sinceAt, cursor, limit, workflowIds, environments }) {
      const rows = await named()
        .where(
          and(
            own,
            kind === undefined ? undefined : eq(deadLetters.kind, kind),
            sinceAt === undefined ? undefined : gte(deadLetters.createdAt, sinceAt),
            cursor === undefined ? undefined : lt(deadLetters.id, cursor),
            workflowIds === undefined ? undefined : isOneOf(deadLetters.workflowId, workflowIds),
            environments === undefined ? undefined : isOneOf(deadLetters.environment, environments),
          ),
        )
        .orderBy(desc(deadLetters.id))
        .limit(limit + 1)
      return toPage(rows, limit, toRow, ({ letter }) => letter.id)
    },
    async find(id) {
      const [row] = await named().where(and(own, eq(deadLetters.id, id)))
      return row === undefined ? null : toRow(row)
    },
    async markRedriven(id, { at, by, executionId }) {
      const marked = await db
        .update(deadLetters)
        .set({ redrivenAt: at, redrivenById: by.id, redrivenByEmail: by.email, redrivenExecutionId: executionId })
        .where(and(own, eq(deadLetters.id, id), isNull(deadLetters.redrivenAt)))
        .returning({ id: deadLetters.id })
      return marked.length > 0
    },
  }
}

type NamedLetter = { readonly letter: typeof deadLetters.$inferSelect; readonly name: string | null }

function toRow({ letter, name }: NamedLetter): DeadLetterRow {
  const { organizationId: _own, redrivenAt, redrivenById, redrivenByEmail, redrivenExecutionId, ...rest } = letter
  const by = { id: redrivenById ?? '', email: redrivenByEmail }
  return {
    ...rest,
    // A letter outlives nothing it names, but must be seen even if it did.
    workflowName: name ?? rest.workflowId,
    redriven: redrivenAt === null ? null : { at: redrivenAt, by, executionId: redrivenExecutionId },
  }
}
