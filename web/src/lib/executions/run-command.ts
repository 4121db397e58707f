export type RunCommand = {
  readonly origin: string
  /** Null while there is none: the command then reads it from the shell. */
  readonly key: string | null
  readonly workflowId: string
  readonly environment: string
  readonly input: Readonly<Record<string, unknown>>
}

/** A command for a POSIX shell that starts one execution. */
export function runCommand({ origin, key, workflowId, environment, input }: RunCommand): string {
  const body = JSON.stringify({ workflowId, environment, input })
  const authorization =
    key === null ? '"Authorization: Bearer $MILLRACE_API_KEY"' : quote(`Authorization: Bearer ${key}`)
  return [
    `curl -X POST ${quote(`${origin}/v1/workflows/run`)}`,
    `-H ${authorization}`,
    `-H 'Content-Type: application/json'`,
    `-d ${quote(body)}`,
  ].join(' \\\n  ')
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
