/** Composition root: wires the rooms together and hands each door to the platform. The only reader of env besides the objects. */
import { env, waitUntil } from 'cloudflare:workers'
import { compose, type Composition } from './compose'
import type { Bindings } from './env'
import { answerDoorbells } from './queue/answer-doorbells'
import { keepDeadLetters } from './queue/dead-letters'

export { EgressGateway } from './adapters/loader/egress-gateway'
export { DeploymentObject } from './objects/deployment-object'
export { ExecutionShard } from './objects/execution-shard'
export { OrganizationSlots } from './objects/organization-slots'

let composed: Composition | null = null

/** Built with the first event, because start-up may neither draw random bytes nor do I/O. */
function composition(): Composition {
  composed ??= compose(env as unknown as Bindings, waitUntil)
  return composed
}

export default {
  fetch(request, _env, ctx) {
    const { frontDoor, app, door, signalDoor, traffic } = composition()
    const url = new URL(request.url)
    const stopped = frontDoor(request, url)
    if (stopped !== null) return stopped
    const { pathname } = url
    if (pathname.startsWith('/webhook/')) return traffic.count(door(request))
    return traffic.count(pathname.startsWith('/signal/') ? signalDoor(request) : app.fetch(request, undefined, ctx))
  },
  async queue(batch) {
    const { runner, shards, settings, background, deadLetters } = composition()
    if (batch.queue.endsWith('executions-dead')) return keepDeadLetters(batch, deadLetters)
    await answerDoorbells(batch, { runner, shards, background, holdMs: settings.DOORBELL_HOLD_MS })
  },
  scheduled: () => composition().everyMinute(),
} satisfies ExportedHandler
