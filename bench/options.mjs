import { parseArgs } from 'node:util'

/** Reads the command line: `--quick`, `--only name,name`, `--json file`. Throws a readable error for anything else. */
export function readOptions(args, names) {
  const { values } = parseArgs({
    args,
    options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, json: { type: 'string' } },
  })
  const only = values.only?.split(',').map((name) => name.trim()) ?? names
  const unknown = only.filter((name) => !names.includes(name))
  if (unknown.length > 0)
    throw new Error(`There is no measurement ${unknown.join(', ')}. There are ${names.join(', ')}.`)
  return { quick: values.quick, only, json: values.json }
}
