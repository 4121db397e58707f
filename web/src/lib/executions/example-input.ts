type Field = {
  readonly type?: unknown
  readonly required?: unknown
  readonly default?: unknown
  readonly enum?: unknown
  readonly min?: unknown
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An input the manual trigger of a definition accepts: the required fields, filled from its own defaults and choices. */
export function exampleInput(definition: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const triggers = Array.isArray(definition['triggers']) ? definition['triggers'] : []
  const manual = triggers.filter(isObject).find((trigger) => trigger['type'] === 'manual')
  const schema = manual?.['inputSchema']
  if (!isObject(schema)) return {}
  const fields = Object.entries(schema).filter((entry): entry is [string, Field] => isObject(entry[1]))
  return Object.fromEntries(
    fields.filter(([, field]) => field.required === true).map(([name, field]) => [name, exampleOf(name, field)]),
  )
}

function exampleOf(name: string, field: Field): unknown {
  if (field.default !== undefined) return field.default
  if (Array.isArray(field.enum) && field.enum.length > 0) return field.enum[0]
  switch (field.type) {
    case 'number':
    case 'integer':
      return typeof field.min === 'number' ? Math.max(field.min, 1) : 1
    case 'boolean':
      return true
    case 'array':
      return []
    case 'object':
      return {}
    default:
      return `example-${name}`
  }
}
