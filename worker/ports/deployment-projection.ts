import type { DeploymentSnapshot } from '#core/release/wire'

/** Copies what a Deployment object holds to where it can be listed; an older epoch never overwrites a newer one. */
export type DeploymentProjection = {
  project(snapshot: DeploymentSnapshot): Promise<void>
}
