import { format } from 'prettier'
import { API } from '#core/contract/api'
import type { Operation } from '#core/contract/operation'
import { coversScope, ROLE_SCOPES, ROLES } from '#core/contract/scopes'

const INTRODUCTION = `# Who may do what

Written by \`node scripts/access.mjs\` from the two tables that decide it: the scope of each operation
(\`worker/core/contract/\`) and the scopes of each role (\`worker/core/contract/scopes.ts\`). Sessions have the scopes of their
member's role, read with every call; API keys have the scopes they were made with, never more than their maker held.
\`member\` is whoever has valid credentials, \`public\` everybody, \`owner\` an owner who is signed in and no key. \`deploy:{environment}\` is \`deploy:\` with the environment the
call turns out to touch; \`deploy:*\` covers all of them.
`

/** The page as it should read. */
export function accessPage(): Promise<string> {
  const operations = Object.entries<Operation>(API)
  const tags = [...new Set(operations.map(([, { tag }]) => tag))]
  const parts = tags.map((tag) => {
    const rows = operations.filter(([, operation]) => operation.tag === tag).map(([, operation]) => rowOf(operation))
    return `## ${tag}\n\n${table(['call', 'scope', ...ROLES], rows)}`
  })
  return format([INTRODUCTION, ...parts].join('\n'), { parser: 'markdown', printWidth: 120 })
}

function rowOf(operation: Operation): readonly string[] {
  const { method, path, scope } = operation
  return [
    `\`${method} ${path}\``,
    `\`${scope}\``,
    ...ROLES.map((role) => ((scope === 'owner' ? role === 'owner' : covers(ROLE_SCOPES[role], scope)) ? '✓' : '')),
  ]
}

function covers(held: readonly string[], scope: Exclude<Operation['scope'], 'owner'>): boolean {
  if (scope === 'public' || scope === 'member') return true
  return scope === 'deploy:{environment}' ? held.some((it) => it.startsWith('deploy:')) : coversScope(held, scope)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('')
}
