import { outputOf, tool } from './tool.mjs'

const projects = [
  'worker/core',
  'worker',
  '.',
  'test/workerd',
  'test/crash',
  'test/simulate',
  'test/contract',
  'test/server',
]

/** Generates the types of the bindings, then checks each folder with its own tsconfig.json, and the dashboard. */
export async function types() {
  await outputOf('wrangler', ['types', '--strict-vars=false'])
  const failed = []
  for (const project of projects) await tool('tsc', ['--pretty', '-p', project]).catch(() => failed.push(project))
  await outputOf('svelte-kit', ['sync', '--config', 'web/vite.config.ts'])
  const svelteCheck = ['--workspace', 'web', '--tsconfig', './tsconfig.json', '--fail-on-warnings', '--output', 'human']
  await tool('svelte-check', svelteCheck).catch(() => failed.push('web'))
  if (failed.length > 0) throw new Error(`Types do not hold in: ${failed.join(', ')}`)
}
