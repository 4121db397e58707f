const statuses = {
  healthy: 'success',
  'build-fails': 'build_failed',
  'staging-down': 'staging_unhealthy',
  'tests-fail': 'tests_failed',
  'production-down': 'rolled_back',
}

/** The `deployment.status` a scenario of the stand-in leads to. Throws for an unknown scenario. */
export function expectedStatus(scenario) {
  const status = statuses[scenario]
  if (!status) throw new Error(`Unknown scenario '${scenario}', choose ${Object.keys(statuses).join(', ')}`)
  return status
}
