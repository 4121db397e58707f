import * as z from 'zod'

/** The value of a JSON column. Throws when the stored text has another shape: a row nobody of us wrote. */
export function readJson<S extends z.ZodType>(schema: S, text: string): z.output<S> {
  return schema.parse(JSON.parse(text))
}

export const TextList = z.array(z.string())
