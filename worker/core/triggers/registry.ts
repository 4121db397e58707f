import * as z from 'zod'
import type { TriggerRefusal } from './define-trigger'
import * as register from './index'
import { schemeOf } from './schemes/registry'

type Register = typeof register
export type Trigger = Register[keyof Register]
export type TriggerType = Trigger['type']
type AnyDocument = Trigger['document']

const definitions: readonly Trigger[] = Object.values(register)
const byType = new Map<string, Trigger>(definitions.map((definition) => [definition.type, definition]))

/** A trigger as a document writes it: one of all registered types, with an optional `id`. */
export const TriggerDocument = z.discriminatedUnion(
  'type',
  definitions.map((definition) => definition.document) as [AnyDocument, ...AnyDocument[]],
)
export type TriggerDocument = z.output<typeof TriggerDocument>

export function triggerOf(type: string): Trigger | null {
  return byType.get(type) ?? null
}

export function triggerTypes(): readonly TriggerType[] {
  return definitions.map((definition) => definition.type)
}

/** Whether a trigger type can be deployed; unknown types cannot. */
export function triggerAvailable(type: string): boolean {
  return byType.get(type)?.available ?? false
}

/** Why this trigger cannot be deployed yet (`trigger_not_available`), or null when it can. */
export function triggerRefusal(trigger: TriggerDocument): TriggerRefusal | null {
  if (!triggerAvailable(trigger.type)) {
    const available = definitions.filter((definition) => definition.available).map((definition) => definition.type)
    return {
      path: '/type',
      message: `Triggers of type "${trigger.type}" cannot be deployed yet.`,
      hint: `Available: ${available.join(', ')}.`,
    }
  }
  if (trigger.type === 'webhook') {
    const { title, methods = trigger.method } = schemeOf(trigger.authentication.type)
    if (!trigger.method.some((method) => methods.includes(method))) {
      return {
        path: '/method',
        message: `${title} never calls with ${trigger.method.join(' or ')}.`,
        hint: `Allow ${methods.join(' or ')}.`,
      }
    }
  }
  return null
}
