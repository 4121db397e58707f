import type { ErrorEntry } from '#core/contract/error-entry'
import { ERRORS } from '#core/contract/errors'
import { escapeHtml, pageShell } from './page-shell'

const STYLE = `<style>
:root { color-scheme: light dark; }
body { font: 14px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid #8884; }
code { font: 13px ui-monospace, monospace; }
tr:target { outline: 2px solid #0aa; }
</style>`

/** Every code the API can refuse with; the `type` of each problem links here. */
export function errorsPage(nonce: string): Response {
  const rows = Object.entries<ErrorEntry>(ERRORS).map(
    ([code, { status, title, hint }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${escapeHtml(title)}<br><small>${escapeHtml(hint)}</small></td></tr>`,
  )
  const body = `<h1>Errors</h1>
<p>Every refusal is <code>application/problem+json</code> with a <code>code</code>, a <code>requestId</code> and, where several things are wrong, <code>issues</code>. <a href="/docs">API</a></p>
<table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>`
  return pageShell({ title: 'Millrace errors', head: STYLE, body }, nonce)
}
