import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { root } from '../../scripts/bootstrap/root.mjs'

/**
 * Starts a Node script of this repository. `died` rejects with what it wrote to stderr if it ends before `stop()`,
 * which asks it to end and waits until it has.
 */
export function startProcess(node, args, env = {}) {
  const child = spawn(node, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let complaints = ''
  child.stderr.on('data', (chunk) => (complaints = `${complaints}${chunk}`.slice(-10_000)))
  const ended = once(child, 'exit')
  let stopping = false
  const died = ended.then(([code, signal]) => {
    if (!stopping) throw new Error(`${args.join(' ')} ended with ${code ?? signal}\n${complaints}`)
  })
  died.catch(() => {}) // whoever waits for it hears of it
  const stop = async () => {
    stopping = true
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await ended.catch(() => {})
  }
  return { stdout: child.stdout, died, stop }
}
