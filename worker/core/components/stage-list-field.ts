import * as z from 'zod'

/** A list of stage ids inside a config; whether they exist is the definition's business. */
export function stageListField(title: string, description: string) {
  return z.array(z.string()).meta({ title, description, widget: 'stages' })
}

/** The ids in a list of a config that nobody has checked yet; anything else counts as none. */
export function stageIds(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((id) => typeof id === 'string') : []
}
