import { spawn } from 'node:child_process'
import { root } from './root.mjs'

/**
 * Runs a command in the repository, or in another folder, and answers its output; `show` lets it through to the terminal instead.
 * Throws with the output when the command fails.
 */
export function run(command, args, { env = process.env, show = false, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    })
    let output = ''
    const collect = (chunk) => (output += chunk)
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}\n${output}`.trimEnd()))
    })
  })
}
