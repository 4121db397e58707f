import type { Json } from '../../kernel/json'
import { setOwn } from '../../kernel/set-own'
import type { Arguments } from './arguments'
import type { FunctionDefinition } from './define-function'

const group = 'object'

function merge(args: Arguments): Json {
  const merged: Record<string, Json> = {}
  for (let i = 0; i < args.count; i++) {
    const entries = Object.entries(args.object(i))
    args.run.spend(entries.length)
    for (const [key, value] of entries) setOwn(merged, key, value)
  }
  return merged
}

function pick(args: Arguments, keep: boolean): Json {
  const wanted = new Set(args.list(1))
  const picked: Record<string, Json> = {}
  for (const [key, value] of Object.entries(args.object(0))) if (wanted.has(key) === keep) setOwn(picked, key, value)
  return picked
}

export const objectFunctions: readonly FunctionDefinition[] = [
  {
    name: 'keys',
    group,
    signature: 'keys(object)',
    summary: 'The list of its keys.',
    argsMin: 1,
    argsMax: 1,
    call: (args) => Object.keys(args.object(0)),
  },
  {
    name: 'values',
    group,
    signature: 'values(object)',
    summary: 'The list of its values.',
    argsMin: 1,
    argsMax: 1,
    call: (args) => Object.values(args.object(0)),
  },
  {
    name: 'has',
    group,
    signature: 'has(object, key)',
    summary: 'Whether the key is there, also when its value is null.',
    argsMin: 2,
    argsMax: 2,
    call: (args) => Object.hasOwn(args.object(0), args.text(1)),
  },
  {
    name: 'merge',
    group,
    signature: 'merge(objects…)',
    summary: 'One object with the keys of all; later ones win.',
    argsMin: 2,
    argsMax: 20,
    call: merge,
  },
  {
    name: 'pick',
    group,
    signature: 'pick(object, keys)',
    summary: 'Only the keys of the list.',
    argsMin: 2,
    argsMax: 2,
    call: (args) => pick(args, true),
  },
  {
    name: 'omit',
    group,
    signature: 'omit(object, keys)',
    summary: 'Without the keys of the list.',
    argsMin: 2,
    argsMax: 2,
    call: (args) => pick(args, false),
  },
]
