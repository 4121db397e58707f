import type { DeployBody } from '#core/contract/deploy'
import { AppError } from './app-error'

/** Refuses what the API describes and this release does not do, rather than doing something else. */
export function refuseUnbuilt(body: Pick<DeployBody, 'strategy' | 'smokeTest' | 'at'>): void {
  if (body.strategy !== undefined && body.strategy.type !== 'all_at_once') {
    throw notYet('/strategy/type', `The strategy '${body.strategy.type}' is not available yet; 'all_at_once' is.`)
  }
  if (body.smokeTest !== undefined) {
    throw notYet('/smokeTest', 'smokeTest is not available yet; deploy, then POST /v1/workflows/run with "wait": true.')
  }
  if (body.at !== undefined && body.at !== 'now') {
    throw notYet('/at', "Deploying later is not available yet; leave 'at' out or send 'now'.")
  }
}

function notYet(path: string, message: string): AppError {
  return new AppError('not_available_yet', {
    detail: message,
    issues: [{ code: 'not_available_yet', severity: 'error', path, message }],
  })
}
