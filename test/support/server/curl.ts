import type { Answer } from './caller'
import { caller } from './caller'

/**
 * Sends what a curl command line sends: `-X`, `-H` and `-d`, as in published examples. Only the host, the key and ids
 * are replaced, by `replaced`, from the text as it stands.
 */
export function curl(command: string, replaced: Readonly<Record<string, string>>): Promise<Answer> {
  const text = Object.entries(replaced).reduce((line, [from, to]) => line.replaceAll(from, to), command)
  const parts = /^curl -X (\w+) (\S+) \\\n((?: +-H "[^"]+" \\\n)+) +-d '([^']+)'$/.exec(text.trim())
  if (parts === null) throw new Error(`Not understood: ${text}`)
  const [, method = '', url = '', headerLines = '', body] = parts
  const headers = Object.fromEntries(
    [...headerLines.matchAll(/-H "([^:]+): ([^"]+)"/g)].map(([, name, value]) => [name, value]),
  )
  return caller(url)(method, url, body, headers)
}
