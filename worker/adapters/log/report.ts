/** One line of JSON for the operators. Facts name ids and codes; never payloads, never secrets. */
export function report(event: string, facts: Readonly<Record<string, string | number>>): void {
  console.error(JSON.stringify({ event, ...facts }))
}
