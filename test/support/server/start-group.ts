import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../../..')

/** A Node script of this repository with whatever it started, ended together. */
export type Group = {
  readonly child: ChildProcess
  /** What it wrote to stdout and stderr so far. */
  readonly output: () => string
  /** Resolves once the script has ended. */
  readonly ended: Promise<unknown>
  readonly signal: (name: 'SIGTERM' | 'SIGKILL') => Promise<void>
}

/**
 * Starts a script as the leader of a process group of its own, so that `SIGKILL` reaches it and its children in the same
 * moment. A guard ends the group when the tests themselves are killed.
 */
export function startGroup(args: readonly string[], env: Record<string, string> = {}): Group {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...withoutNpm(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const pid = String(child.pid)
  const guard = spawn('sh', ['-c', 'read -r _; kill -9 "-$0" 2>/dev/null', pid], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  const ended = once(child, 'exit').then(() => guard.kill('SIGKILL'))
  return {
    child,
    output: () => output,
    ended,
    async signal(name) {
      if (child.exitCode !== null || child.signalCode !== null) return
      // A polite end is asked of the script alone: it ends its children itself.
      process.kill(name === 'SIGKILL' ? -Number(pid) : Number(pid), name)
      await ended
    },
  }
}

/** The tests may themselves run below npm, whose end the server would otherwise watch for. */
function withoutNpm(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')))
}
