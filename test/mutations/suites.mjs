const vitest = (...folders) => ({ command: 'vitest', args: ['run', ...folders.map((name) => `test/${name}`)] })

/**
 * What may notice a mutation: commands, run in the broken copy. One that fails has noticed. `names` finds in its output
 * what did; without it the command is vitest and the titles of its failed tests say so.
 */
export const suites = {
  simulation: {
    command: 'node',
    args: ['test/simulate/run.mjs', '--seeds', '1000'],
    names: /^seed \d+ broke.*\n.*/gm,
  },
  unit: vitest('unit/shard', 'unit/services'),
  workerd: vitest('workerd/shard', 'workerd/runner', 'workerd/deployment', 'workerd/faults'),
}
