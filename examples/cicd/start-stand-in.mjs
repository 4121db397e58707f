import { createInterface } from 'node:readline'
import { startProcess } from './start-process.mjs'

/** Starts the stand-in on a free port: `{port, url, stop()}`. Its calls are told on stderr as they come. */
export async function startStandIn(scenario) {
  const script = 'test/support/devops-stand-in.mjs'
  const { stdout, died, stop } = startProcess(process.execPath, [script, '--port', '0', '--scenario', scenario])
  const lines = createInterface({ input: stdout })
  const port = await Promise.race([died, new Promise((resolve) => lines.once('line', (line) => resolve(portOf(line))))])
  lines.on('line', (line) => void process.stderr.write(`  ${tell(JSON.parse(line))}\n`))
  return { port, url: `http://127.0.0.1:${port}`, stop }
}

const portOf = (line) => JSON.parse(line).listening

const tell = ({ name, method, host, path, status }) => `${name}: ${method} ${host}${path} → ${status}`
