import { escapeHtml } from '../page-shell'

/** What the page behind a link says of the wait it ends. */
export type Question = {
  readonly workflow: string
  readonly environment: string
  readonly signal: string
  readonly choices: readonly string[]
}

const STYLE = `
:root { color-scheme: light dark; --line: #8886; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 28rem; margin: 15vh auto 0; padding: 0 1.25rem; }
h1 { font-size: 1.25rem; font-weight: 600; margin: 0 0 .25rem; }
p { margin: 0 0 1.25rem; }
small { opacity: .7; }
label { display: block; margin-bottom: 1.25rem; }
textarea { display: block; box-sizing: border-box; width: 100%; min-height: 4.5rem; margin-top: .25rem; padding: .5rem; font: inherit; border: 1px solid var(--line); border-radius: 6px; background: transparent; color: inherit; }
button { font: inherit; padding: .5rem 1rem; margin: 0 .5rem .5rem 0; border: 1px solid var(--line); border-radius: 6px; background: transparent; color: inherit; cursor: pointer; }
button:first-of-type { background: CanvasText; color: Canvas; }
button:focus-visible, textarea:focus-visible { outline: 2px solid Highlight; outline-offset: 2px; }`

/** Nothing runs here and nothing is loaded; the form may only be sent back to where it came from. */
const SIGNAL_PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'x-robots-tag': 'noindex',
} as const

function page(status: number, title: string, body: string): Response {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`
  return new Response(html, { status, headers: SIGNAL_PAGE_HEADERS })
}

/** Asks for the decision. Looking at it changes nothing: mail scanners open links too. */
export function questionPage({ workflow, environment, signal, choices }: Question): Response {
  const buttons = choices.map(
    (choice) => `<button name="choice" value="${escapeHtml(choice)}">${escapeHtml(inCapitals(choice))}</button>`,
  )
  const body = `<h1>${escapeHtml(workflow)}</h1>
<p>waits for “${escapeHtml(signal)}”. <small>${escapeHtml(environment)}</small></p>
<form method="post">
<label>Comment <small>(optional)</small><textarea name="comment" maxlength="2000"></textarea></label>
${choices.length === 0 ? '<button>Confirm</button>' : buttons.join('\n')}
</form>`
  return page(200, `${workflow}: ${signal}`, body)
}

function inCapitals(choice: string): string {
  return choice.charAt(0).toUpperCase() + choice.slice(1)
}

/** The signal was sent. */
export function thanksPage(choice: string | null): Response {
  const body = `<h1>${choice === null ? 'Confirmed' : escapeHtml(inCapitals(choice))}</h1>
<p>Your answer was recorded and the workflow goes on. You may close this page.</p>`
  return page(200, 'Recorded', body)
}

/** Why the link does nothing. */
export function refusalPage(status: number, title: string, detail: string): Response {
  return page(status, title, `<h1>${escapeHtml(title)}</h1>\n<p>${escapeHtml(detail)}</p>`)
}
