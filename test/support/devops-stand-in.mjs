// Plays GitHub, Kubernetes, the health endpoints, the test runner, Slack and the model for the CI/CD example.
//   node test/support/devops-stand-in.mjs --port 0 --scenario healthy --latency-ms 0
// Prints {"listening":port}, then one JSON line per call. GET /__calls tells what was asked, POST /__scenario
// {"scenario"} starts over with another one. Node built-ins only.
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { createCalls } from './devops-stand-in/calls.mjs'
import { readRequest } from './devops-stand-in/read-request.mjs'
import { route } from './devops-stand-in/route.mjs'
import { createWorld } from './devops-stand-in/world.mjs'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    scenario: { type: 'string', default: 'healthy' },
    'latency-ms': { type: 'string', default: '0' },
  },
})

const print = (value) => void process.stdout.write(`${JSON.stringify(value)}\n`)
const latencyMs = Number(values['latency-ms'])
const calls = createCalls(print)
let world = createWorld(values.scenario)

function control(request) {
  if (request.method === 'GET' && request.path === '/__calls')
    return { status: 200, body: { scenario: world.scenario, ...calls.all() } }
  if (request.method === 'POST' && request.path === '/__scenario') {
    world = createWorld(request.body?.scenario)
    calls.clear()
    return { status: 200, body: { scenario: world.scenario } }
  }
  return undefined
}

async function answer(incoming) {
  const request = await readRequest(incoming)
  const controlled = control(request)
  if (controlled) return controlled
  const { name, ...answered } = route(request, world)
  calls.record(name, request, answered.status)
  if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs))
  return answered
}

const server = createServer((incoming, outgoing) => {
  const send = ({ status, body }) => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
    const type = typeof body === 'string' ? 'text/plain' : 'application/json'
    outgoing.writeHead(status, text ? { 'Content-Type': type } : {}).end(text)
  }
  answer(incoming).then(send, (error) => send({ status: 400, body: { message: error.message } }))
})

server.listen(Number(values.port), '127.0.0.1', () => print({ listening: server.address().port }))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))
