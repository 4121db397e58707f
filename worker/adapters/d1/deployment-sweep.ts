import type { DeploymentSweep } from '../../ports/deployment-sweep'

/** Walks the deployments of all organizations by ref. */
export function createDeploymentSweep(db: D1Database): DeploymentSweep {
  return {
    async refs(after, limit) {
      const { results } = await db
        .prepare(`SELECT ref FROM deployments WHERE ref > ?1 ORDER BY ref LIMIT ?2`)
        .bind(after, limit)
        .all<{ ref: string }>()
      return results.map(({ ref }) => ref)
    },
  }
}
