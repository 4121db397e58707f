/** Where the sweep finds every deployment; the only reader that crosses organizations. */
export type DeploymentSweep = {
  /** Refs of deployments that may have work, in order, after a given one. */
  refs(after: string, limit: number): Promise<readonly string[]>
}
