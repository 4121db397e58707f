import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { root } from './cruise'
import { sourceFiles } from './source-files'

const DRIVEN = ['worker/core/shard', 'worker/core/engine', 'worker/services/runner']
const DRIVEN_TOO = ['shard-host', 'flusher', 'postman'].map((name) => `worker/objects/${name}.ts`)
/** No part of a run: how archives are written lies behind a port, traces are made when somebody reads one, nothing is secret. */
const BEYOND = /core\/shard\/(archive|block)-format\.ts|core\/engine\/(trace|token-usage)|runner\/secret-access\.ts/

/** Files of values that a file imports, relative to the repository. */
function imports(file: string): readonly string[] {
  const text = readFileSync(path.join(root, file), 'utf8')
  const names = [...text.matchAll(/^(?:import|export) (?!type )[^'"]*? from '([^']+)'/gms)].map(([, name = '']) => name)
  return names.flatMap((name) => {
    if (name.startsWith('#core/')) return [`worker/core/${name.slice('#core/'.length)}.ts`]
    return name.startsWith('.') ? [`${path.join(path.dirname(file), name)}.ts`] : []
  })
}

function reachable(from: string): ReadonlySet<string> {
  const found = new Set([from])
  for (const file of found) for (const next of imports(file)) found.add(next)
  return found
}

/** Files that hold types alone leave nothing to run. */
function runs(file: string): boolean {
  return /^export (?:async )?(?:function|const|class) /m.test(readFileSync(path.join(root, file), 'utf8'))
}

test('the simulation drives the shard, the engine and the runner that ship', () => {
  const driven = reachable('test/simulate/run-seed.ts')
  const shipped = [...sourceFiles(root, DRIVEN), ...DRIVEN_TOO].filter((file) => runs(file) && !BEYOND.test(file))
  expect(shipped.filter((file) => !driven.has(file))).toEqual([])
})

test('the simulation replaces nothing but what is behind a port', () => {
  const text = sourceFiles(root, ['test/simulate']).map((file) => readFileSync(path.join(root, file), 'utf8'))
  expect(text.filter((one) => /vi\.mock|resolve\.alias|\balias:/.test(one))).toEqual([])
})
