import type { TriggerDocument } from '../triggers/registry'

/** Gives every trigger an id: its own, else its type, else `<type>-2` and so on. Ids written by the author come first. */
export function nameTriggers(triggers: readonly TriggerDocument[]): (TriggerDocument & { readonly id: string })[] {
  const taken = new Set(triggers.map(({ id }) => id))
  return triggers.map((trigger) => {
    if (trigger.id !== undefined) return { ...trigger, id: trigger.id }
    let id: string = trigger.type
    for (let n = 2; taken.has(id); n++) id = `${trigger.type}-${n}`
    taken.add(id)
    return { ...trigger, id }
  })
}
