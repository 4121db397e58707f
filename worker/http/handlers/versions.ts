import { toIso } from '#core/kernel/time'
import type { VersionRow } from '../../ports/version-store'
import { diffVersions } from '../../services/diff-versions'
import { listVersions, publishVersion, readVersion, versionName } from '../../services/versions'
import type { SomeHandlers } from '../handler'

type Names = 'publishVersion' | 'listVersions' | 'getVersion' | 'diffVersions'

export const versionHandlers: SomeHandlers<Names> = {
  async publishVersion({ ctx, params, body }) {
    const row = await publishVersion(ctx, params.id, body)
    const location = `/v1/workflows/${row.workflowId}/versions/v${row.number}`
    return { status: 201, body: versionBody(row), headers: { location } }
  },
  async listVersions({ ctx, params, query }) {
    const page = await listVersions(ctx, params.id, query)
    return { status: 200, body: { items: page.items.map(versionBody), nextCursor: page.nextCursor } }
  },
  async getVersion({ ctx, params }) {
    const row = await readVersion(ctx, params.id, params.v)
    return {
      status: 200,
      body: { ...versionBody(row), definition: JSON.parse(row.definition) as Record<string, unknown> },
    }
  },
  async diffVersions({ ctx, params, query }) {
    const { id, a, b } = params
    const { from, to, changes } = await diffVersions(ctx, id, { a, b, environment: query.environment })
    return { status: 200, body: { from, to, changes: [...changes] } }
  },
}

function versionBody(row: VersionRow) {
  const { variables, secrets, hosts, components } = row.needs
  return {
    id: row.id,
    workflowId: row.workflowId,
    number: row.number,
    version: versionName(row),
    digest: row.digest,
    releaseNotes: row.releaseNotes,
    gitCommit: row.gitCommit,
    createdAt: toIso(row.createdAt),
    createdBy: row.createdBy,
    needs: { variables: [...variables], secrets: [...secrets], hosts: [...hosts], components: [...components] },
  }
}
