const total = 47

/** The integration test runner. */
export function testRunner({ method, path, body }, world) {
  if (method !== 'POST' || path !== '/run') return undefined
  const name = 'tests.run'
  if (!body?.suite || !body.service) return { name, status: 400, body: { message: 'suite and service are needed' } }
  const failed = world.scenario === 'tests-fail' ? 3 : 0
  const report = { suite: body.suite, environment: body.environment, service: body.service }
  return { name, status: 200, body: { ...report, passed: failed === 0, total, failed } }
}
