import { spawn } from 'node:child_process'
import { processTable } from './process-table.mjs'

/**
 * Makes workerd end when this process dies, `kill -9` included: without it an orphaned workerd would keep the port
 * and the state. A guard shell waits on a pipe that closes with us. Answers a function that calls the guard off.
 */
export function endWithUs() {
  const workerd = processTable().find(({ parent, name }) => parent === process.pid && name.includes('workerd'))
  if (!workerd || process.platform === 'win32') return () => {}
  const guard = spawn('sh', ['-c', 'read -r _; kill -9 "$0" 2>/dev/null', String(workerd.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.unref()
  guard.stdin.unref()
  return () => guard.kill('SIGKILL')
}
