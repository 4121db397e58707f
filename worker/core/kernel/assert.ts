/** Fails compilation when a union gains a member that a switch does not handle. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`)
}

/** Throws when a law of the program (not of the user's input) is broken. */
export function invariant(condition: unknown, law: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${law}`)
}
