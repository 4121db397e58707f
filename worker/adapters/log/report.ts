/** What a failed query says behind its text: its values, which may be anybody's. */
const VALUES = /\nparams: [\s\S]*/

/** One line of JSON for the operators. Facts name ids and codes; never payloads, never secrets. */
export function report(event: string, facts: Readonly<Record<string, string | number>>): void {
  const told = Object.entries(facts).map(([name, fact]) => [
    name,
    typeof fact === 'string' ? fact.replace(VALUES, '') : fact,
  ])
  console.error(JSON.stringify({ event, ...Object.fromEntries(told) }))
}
