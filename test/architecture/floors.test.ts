import { readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { cruise, root } from './cruise'
import { plant } from './plant'

const floors = [
  ['core/kernel'],
  ['core/expression'],
  ['core/model'],
  ['core/components', 'core/triggers'],
  ['core/definition'],
  ['core/engine', 'core/shard', 'core/release', 'core/schedule', 'core/contract'],
  ['ports'],
  ['services'],
  ['adapters'],
  ['http', 'objects', 'queue', 'cron', 'email'],
]
const rooms = floors.flatMap((floor, level) => floor.map((room) => ({ room, level })))
const pairs = rooms.flatMap((from) => rooms.filter((to) => to !== from).map((to) => ({ from, to })))

const fileOf = (room: string, name: string) => `worker/${room}/${name}.ts`
const importName = (room: string) => `imports-${room.replaceAll('/', '-')}`

describe('the floors of the house', () => {
  test('no room imports upward, sideways or out of the house', () => {
    expect(cruise(root)).toEqual([])
  })

  test('every room of the worker has its floor', () => {
    const roomsIn = (folder: string) =>
      readdirSync(path.join(root, 'worker', folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== 'core')
        .map((entry) => path.join(folder, entry.name))
    const known = rooms.map(({ room }) => room)
    expect([...roomsIn('.'), ...roomsIn('core')].filter((room) => !known.includes(room))).toEqual([])
  })

  test('of all pairs of rooms exactly the upward and the sideways ones are refused', () => {
    const targets = rooms.map(({ room }) => [fileOf(room, 'target'), 'export const target = 1\n'])
    const imports = pairs.map(({ from, to }) => {
      const way = path.posix.relative(`worker/${from.room}`, `worker/${to.room}/target`)
      return [fileOf(from.room, importName(to.room)), `export { target } from '${way}'\n`]
    })
    const tree = plant(Object.fromEntries([...targets, ...imports]))
    const refused = cruise(tree).map((breach) => breach.replace(/^\S+: /, ''))
    rmSync(tree, { recursive: true })

    const expected = pairs
      .filter(({ from, to }) => to.level >= from.level)
      .map(({ from, to }) => `${fileOf(from.room, importName(to.room))} → ${fileOf(to.room, 'target')}`)
    expect(refused.sort()).toEqual(expected.sort())
  })

  test('a core file that imports a platform module is refused, and so is every other way out of a room', () => {
    const breaches = cruise(path.join(import.meta.dirname, 'fixtures/floors'))
    expect(breaches.map((breach) => breach.replace(/\S*node_modules\/([^/]+)\/.*/, '$1'))).toEqual([
      'cli-uses-only-the-core: cli/uses-services.ts → worker/services/start.ts',
      'core-knows-no-platform: worker/core/kernel/uses-node.ts → crypto',
      'core-knows-no-platform: worker/core/kernel/uses-platform.ts → cloudflare:workers',
      'core-uses-few-packages: worker/core/model/uses-package.ts → hono',
      'everything-resolves: worker/core/shard/missing.ts → ./not-there',
      'few-read-the-environment: worker/services/reads-env.ts → worker/env.ts',
      'no-circles: worker/core/engine/circle-a.ts → worker/core/engine/circle-b.ts',
      'services-know-no-framework: worker/services/uses-framework.ts → drizzle-orm',
      'services-know-no-platform: worker/services/uses-node.ts → crypto',
      'web-uses-only-pure-rooms: web/src/uses-services.ts → worker/services/start.ts',
      'worker-stands-alone: worker/adapters/d1/reaches-out.ts → web/src/uses-services.ts',
    ])
  })
})
