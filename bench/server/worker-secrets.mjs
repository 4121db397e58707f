import { randomBytes } from 'node:crypto'

/** Keys that a worker cannot start without, for one run. */
export const workerSecrets = () => ({
  SESSION_KEY: randomBytes(32).toString('base64'),
  MASTER_KEY: randomBytes(32).toString('base64'),
})
