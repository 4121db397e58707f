import { paths } from '../shell/paths.ts'

/** What an action may be about: the noun alone finds all that was done to it. */
export const AUDIT_NOUNS = [
  'workflow',
  'version',
  'deployment',
  'execution',
  'dead_letter',
  'variable',
  'secret',
  'key',
  'member',
  'invitation',
  'identity',
  'second_factor',
  'project',
  'audit',
].map((value) => ({ value, text: sentence(value) }))

/** `key.rotated` as people say it: `Key rotated`. */
export function actionWords(action: string): string {
  return sentence(action.replace('.', ' '))
}

/** Reads are told apart from changes: nothing is different after them. */
export function isRead(action: string): boolean {
  return ['secret.opened', 'secret.listed', 'workflow.read', 'execution.read', 'audit.exported'].includes(action)
}

/** The page of what an entry is about, or null where there is none. */
export function targetHref(target: string): string | null {
  if (target.startsWith('exec_')) return paths.execution(target)
  if (target.startsWith('workflow_')) return paths.workflow(target)
  if (target.startsWith('proj_')) return paths.project(target)
  return null
}

/** What its target is called, as far as the entry says: a name, an address, names that were changed; '' when it does not. */
export function targetName(detail: Readonly<Record<string, unknown>> | null): string {
  const { name, email, names } = detail ?? {}
  if (typeof name === 'string') return name
  if (typeof email === 'string') return email
  return Array.isArray(names) ? names.join(', ') : ''
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replaceAll('_', ' ')}`
}
