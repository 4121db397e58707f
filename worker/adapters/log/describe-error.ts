import { DrizzleQueryError } from 'drizzle-orm'

/** An error in words for the operators. A failed query is named without its values: they may be anybody's. */
export function describeError(error: unknown): string {
  return error instanceof DrizzleQueryError ? `${String(error.cause)} in: ${error.query}` : String(error)
}
