import { isRollback } from './kubernetes.mjs'

/** `/health` of the service on staging (a host named `staging.…`) and on production (any other). */
export function health({ method, path, host }, world) {
  if (method !== 'GET' || path !== '/health') return undefined
  const namespace = host.startsWith('staging.') ? 'staging' : 'production'
  const name = `health.${namespace}`
  const image = world.images.get(namespace)
  if (image === undefined) return { name, status: 502, body: { status: 'not deployed' } }
  if (isDown(world.scenario, namespace, image)) return { name, status: 503, body: { status: 'unhealthy', image } }
  return { name, status: 200, body: { status: 'healthy', image } }
}

function isDown(scenario, namespace, image) {
  if (namespace === 'staging') return scenario === 'staging-down'
  return scenario === 'production-down' && !isRollback(image)
}
