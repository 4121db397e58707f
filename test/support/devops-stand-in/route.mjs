import { github } from './github.mjs'
import { health } from './health.mjs'
import { kubernetes } from './kubernetes.mjs'
import { model } from './model.mjs'
import { slack } from './slack.mjs'
import { testRunner } from './test-runner.mjs'

const systems = [github, kubernetes, health, testRunner, slack, model]

/** Answers a request as the system it was meant for: `{name, status, body?}`. Nobody's path is 404 `unknown`. */
export function route(request, world) {
  for (const system of systems) {
    const answer = system(request, world)
    if (answer) return answer
  }
  return { name: 'unknown', status: 404, body: { message: `Nobody answers ${request.method} ${request.path}` } }
}
