// The floors of the house, bottom to top. A room imports what lies below it; never up, and never a sibling.
const floors = [
  ['worker/core/kernel'],
  ['worker/core/expression'],
  ['worker/core/model'],
  ['worker/core/components', 'worker/core/triggers'],
  ['worker/core/definition'],
  ['worker/core/engine', 'worker/core/shard', 'worker/core/release', 'worker/core/schedule', 'worker/core/contract'],
  ['worker/ports'],
  ['worker/services'],
  ['worker/adapters'],
  ['worker/http', 'worker/objects', 'worker/queue', 'worker/cron', 'worker/email'],
  ['worker/index.ts'],
]

const inside = (rooms) => `^(${rooms.join('|')})(/|$)`
const above = (index) => floors.slice(index + 1).flat()
const shortName = (room) => room.replace('worker/', '').replace('core/', '').replace('.ts', '')

const neverUp = floors.slice(0, -1).map((rooms, index) => ({
  name: `never-up-from-${rooms.map(shortName).join('-')}`,
  severity: 'error',
  from: { path: inside(rooms) },
  to: { path: inside(above(index)) },
}))

const neverSideways = floors
  .filter((rooms) => rooms.length > 1)
  .flatMap((rooms) =>
    rooms.map((room) => ({
      name: `never-sideways-from-${shortName(room)}`,
      severity: 'error',
      from: { path: inside([room]) },
      to: { path: inside(rooms.filter((other) => other !== room)) },
    })),
  )

const corePackages = ['acorn', 'zod', 'cron-parser', 'luxon', 're2js', 'yaml', 'fastest-levenshtein', 'ipaddr.js']
const roomsForWeb = ['kernel', 'expression', 'model', 'components', 'triggers', 'definition', 'contract']

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...neverUp,
    ...neverSideways,
    {
      name: 'core-knows-no-platform',
      comment: 'The core runs in the worker, the browser, the command line and tests alike.',
      severity: 'error',
      from: { path: '^worker/core/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-uses-few-packages',
      severity: 'error',
      from: { path: '^worker/core/' },
      to: { path: 'node_modules/', pathNot: `node_modules/(${corePackages.join('|').replaceAll('.', '\\.')})/` },
    },
    {
      name: 'services-know-no-platform',
      comment: 'A use case gets its ports; it never sees the platform.',
      severity: 'error',
      from: { path: '^worker/(ports|services)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'services-know-no-framework',
      severity: 'error',
      from: { path: '^worker/(ports|services)/' },
      to: { path: 'node_modules/(hono|@hono|drizzle-orm)/' },
    },
    {
      name: 'few-read-the-environment',
      comment: 'The composition root and the objects, which the platform constructs; all else gets arguments.',
      severity: 'error',
      from: { path: '^worker/', pathNot: '^worker/(index\\.ts|compose\\.ts|env\\.ts|objects/)' },
      to: { path: '^worker/env\\.ts$' },
    },
    {
      name: 'web-uses-only-pure-rooms',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(worker|cli)/', pathNot: `^worker/core/(${roomsForWeb.join('|')})/` },
    },
    {
      name: 'cli-uses-only-the-core',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^(worker|web)/', pathNot: '^worker/core/' },
    },
    {
      name: 'worker-stands-alone',
      severity: 'error',
      from: { path: '^worker/' },
      to: { path: '^(web|cli|test|bench|scripts|examples)/' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: { path: '^(worker|web|cli)/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: { path: '^(worker|web|cli)/' },
      to: { couldNotResolve: true, pathNot: '^(cloudflare:|svelte/internal|\\$app/|\\$env/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(build|\\.svelte-kit)/' },
    tsPreCompilationDeps: true,
    // The platform's modules count as built in, as node:crypto does.
    builtInModules: { add: ['cloudflare:workers', 'cloudflare:sockets', 'cloudflare:email'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'default', 'types'],
      extensions: ['.ts', '.svelte.ts', '.svelte', '.js', '.mjs', '.json', '.d.ts'],
    },
  },
}
