// Millrace itself, with every billed operation of its objects and consumers counted where it reaches the platform.
// GET /__counts answers the counts so far. Objects and Worker share one isolate on a local runtime, and so one counter.
// oxlint-disable-next-line import/default -- the platform's handlers are a default export
import millrace, * as objects from '../../worker/index.ts'
import { counted } from './counted.mjs'
import { counts } from './counts.mjs'

export const ExecutionShard = counted(objects.ExecutionShard)
export const DeploymentObject = counted(objects.DeploymentObject)
export const OrganizationSlots = counted(objects.OrganizationSlots)

// oxlint-disable-next-line import/no-default-export -- the platform asks for one
export default {
  ...millrace,
  fetch(request, env, ctx) {
    if (new URL(request.url).pathname === '/__counts') return Response.json(counts.read())
    counts.add('requests')
    return millrace.fetch(request, env, ctx)
  },
  queue(batch, env, ctx) {
    counts.add('requests')
    counts.add('queueMessages', batch.messages.length)
    return millrace.queue(batch, env, ctx)
  },
}
