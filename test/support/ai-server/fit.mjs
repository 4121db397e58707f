const EXAMPLES = {
  string: () => 'text',
  integer: () => 1,
  number: () => 1.5,
  boolean: () => true,
  null: () => null,
  array: (schema) => (schema.items === undefined ? [] : [fit(schema.items)]),
  object: (schema) =>
    Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, fit(inner)])),
}

/** A value that fits a JSON Schema, for schemas as plain as tests write them. */
export function fit(schema) {
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  const [type] = [schema.type ?? 'object'].flat()
  return EXAMPLES[type](schema)
}
