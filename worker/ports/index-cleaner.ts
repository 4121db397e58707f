/** Removes rows of the execution index. */
export type IndexCleaner = {
  remove(organizationId: string, ids: readonly string[]): Promise<void>
  /** As many of a deployment's rows as one call may; true when none is left. */
  clear(place: { organizationId: string; workflowId: string; deploymentId: string; shard: number }): Promise<boolean>
}
