import { hasBearer } from './bearer.mjs'

const deployment = /^\/apis\/apps\/v1\/namespaces\/(staging|production)\/deployments\/([^/]+)$/
const events = /^\/api\/v1\/namespaces\/(staging|production)\/events$/

/** The Kubernetes API: patches a deployment's image and lists a namespace's events. */
export function kubernetes(request, world) {
  const patched = request.method === 'PATCH' && deployment.exec(request.path)
  if (patched) return patch(request, world, patched[1], patched[2])
  const listed = request.method === 'GET' && events.exec(request.path)
  if (listed) return listEvents(request, world, listed[1])
  return undefined
}

/** Whether an image is the tag production returns to, rather than a commit's. */
export const isRollback = (image) => image?.endsWith(':stable') ?? false

const status = (code, reason, message) => ({ kind: 'Status', status: 'Failure', reason, message, code })

function patch(request, world, namespace, service) {
  const container = request.body?.spec?.template?.spec?.containers?.[0]
  const name = `kubernetes.${isRollback(container?.image) ? 'rollback' : namespace}`
  if (!hasBearer(request)) return { name, status: 401, body: status(401, 'Unauthorized', 'Unauthorized') }
  if (request.headers['content-type'] !== 'application/strategic-merge-patch+json')
    return { name, status: 415, body: status(415, 'UnsupportedMediaType', 'a strategic merge patch is needed') }
  if (container?.name !== service || !container.image)
    return { name, status: 422, body: status(422, 'Invalid', `no image for container ${service}`) }
  world.images.set(namespace, container.image)
  const metadata = { name: service, namespace, generation: 2 }
  return { name, status: 200, body: { kind: 'Deployment', metadata, spec: request.body.spec } }
}

function listEvents(request, world, namespace) {
  const name = 'kubernetes.logs'
  if (!hasBearer(request)) return { name, status: 401, body: status(401, 'Unauthorized', 'Unauthorized') }
  const unhealthy = {
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    count: 12,
    involvedObject: { kind: 'Pod', namespace },
  }
  return {
    name,
    status: 200,
    body: { kind: 'EventList', items: world.scenario === 'production-down' ? [unhealthy] : [] },
  }
}
