import { isJsonObject, type Json } from '../kernel/json'
import type { Issue } from '../model/issue'
import { triggerOf, triggerRefusal, TriggerDocument } from '../triggers/registry'
import { checkCredentials } from './check-credentials'
import { checkExpressions, type Expressions } from './check-expressions'
import { errorAt, warningAt } from './issue-at'

type Mode = 'draft' | 'deploy'

function checkPlaces({ path, references }: Expressions, credentials: ReadonlySet<string>): Issue[] {
  return references.flatMap((reference) => {
    const place = path + reference.path
    if (!credentials.has(reference.path)) {
      return [
        warningAt(
          'expression_not_evaluated',
          place,
          'Expressions are not evaluated here',
          `In a trigger they are in ${[...credentials].join(', ') || 'no place'}.`,
        ),
      ]
    }
    if (reference.kind === 'variable' || reference.kind === 'secret') return []
    return [
      errorAt(
        'reference_not_available',
        place,
        `A trigger cannot read ${reference.kind}`,
        'It is set up before any execution: read vars and secrets.',
      ),
    ]
  })
}

/** Whether anybody may call is for the author to say; a webhook that says nothing is told so wherever it is judged. */
function checkSilence(trigger: Json, path: string): Issue[] {
  if (!isJsonObject(trigger) || trigger['type'] !== 'webhook' || Object.hasOwn(trigger, 'authentication')) return []
  const message = 'The webhook has no authentication: whoever learns its address can call it'
  const hint = 'Name one, such as hmac or api_key; { "type": "none" } says that it is meant.'
  return [warningAt('webhook_open', path, message, hint)]
}

function checkTrigger(trigger: Json, path: string, mode: Mode): { issues: Issue[]; expressions: Expressions } {
  const type = isJsonObject(trigger) && typeof trigger['type'] === 'string' ? trigger['type'] : ''
  const severity = mode === 'deploy' ? 'error' : 'warning'
  const credentials = new Set<string>(triggerOf(type)?.credentials)
  const expressions = checkExpressions(trigger, path)
  const evaluated = {
    ...expressions,
    references: expressions.references.filter((reference) => credentials.has(reference.path)),
  }
  const parsed = TriggerDocument.safeParse(trigger)
  const refusal = parsed.success ? triggerRefusal(parsed.data) : null
  const refused =
    refusal === null
      ? []
      : [{ ...errorAt('trigger_not_available', path + refusal.path, refusal.message, refusal.hint), severity } as const]
  return {
    issues: [
      ...expressions.issues,
      ...checkPlaces(expressions, credentials),
      ...checkCredentials(trigger, path, severity, credentials),
      ...refused,
      ...checkSilence(trigger, path),
    ],
    expressions: evaluated,
  }
}

/** A run call names no trigger, so that a second schema would never be asked. */
function checkManual(triggers: readonly Json[]): Issue[] {
  const message = 'A workflow has one manual trigger: a run call could not say which of two it means'
  const hint = 'Put all fields into the inputSchema of the first one.'
  return triggers
    .flatMap((trigger, i) => (isJsonObject(trigger) && trigger['type'] === 'manual' ? [`/triggers/${i}`] : []))
    .slice(1)
    .map((path) => errorAt('second_manual_trigger', path, message, hint))
}

/** Everything about triggers that their schemas do not say. Also answers what their expressions read. */
export function checkTriggers(
  document: Json,
  mode: Mode,
): { issues: readonly Issue[]; expressions: readonly Expressions[] } {
  const triggers =
    isJsonObject(document) && Array.isArray(document['triggers']) ? (document['triggers'] as readonly Json[]) : []
  const checked = triggers.map((trigger, i) => checkTrigger(trigger, `/triggers/${i}`, mode))
  const seen = new Set<unknown>()
  const repeated = triggers.flatMap((trigger, i) => {
    const id = isJsonObject(trigger) ? trigger['id'] : undefined
    if (typeof id !== 'string' || !seen.has(id)) {
      seen.add(id)
      return []
    }
    return [errorAt('duplicate_id', `/triggers/${i}/id`, `Two triggers have the id “${id}”`)]
  })
  const none =
    triggers.length === 0
      ? [warningAt('no_trigger', '/triggers', 'The workflow has no trigger', 'Only a run call can start it.')]
      : []
  return {
    issues: [...checked.flatMap(({ issues }) => issues), ...repeated, ...checkManual(triggers), ...none],
    expressions: checked.map(({ expressions }) => expressions),
  }
}
