import { hasBearer } from './bearer.mjs'

const dispatches = /^\/repos\/[^/]+\/[^/]+\/actions\/workflows\/[^/]+\/dispatches$/
const runs = /^\/repos\/[^/]+\/[^/]+\/actions\/runs$/

/**
 * GitHub Actions: a dispatch is accepted with 204, and its run shows up late. The first poll finds nothing, the second
 * a run in progress, from the third on it is completed.
 */
export function github(request, world) {
  if (request.method === 'POST' && dispatches.test(request.path)) return dispatch(request, world)
  if (request.method === 'GET' && runs.test(request.path)) return listRuns(request, world)
  return undefined
}

function dispatch(request, world) {
  const name = 'github.dispatch'
  if (!hasBearer(request)) return { name, status: 401, body: { message: 'Requires authentication' } }
  const sha = request.body?.inputs?.commit_sha
  if (!request.body?.ref || !sha)
    return { name, status: 422, body: { message: 'ref and inputs.commit_sha are needed' } }
  world.builds.set(sha, { id: world.builds.size + 1, branch: request.body.ref, polls: 0 })
  return { name, status: 204 }
}

function listRuns(request, world) {
  const name = 'github.runs'
  if (!hasBearer(request)) return { name, status: 401, body: { message: 'Requires authentication' } }
  const sha = request.query.get('head_sha')
  const build = world.builds.get(sha)
  if (build) build.polls += 1
  const found = build && build.polls > 1 ? [runOf(build, sha, world.scenario)] : []
  return { name, status: 200, body: { total_count: found.length, workflow_runs: found } }
}

function runOf({ id, branch, polls }, sha, scenario) {
  const run = { id, name: 'build', head_sha: sha, head_branch: branch }
  if (polls < 3) return { ...run, status: 'in_progress', conclusion: null }
  return { ...run, status: 'completed', conclusion: scenario === 'build-fails' ? 'failure' : 'success' }
}
