import type * as z from 'zod'
import type { DeliverySummaryShape } from '#core/contract/deliveries'
import { PagedList } from '../list/paged-list.svelte.ts'
import { session } from '../session/session.svelte.ts'
import type { DeliveryFilters } from './delivery-filters.ts'

export type DeliverySummary = z.output<typeof DeliverySummaryShape>

const PAGE_ROWS = 50

/** The calls that came in at the webhooks of a deployment, newest first. */
export class DeliveryList extends PagedList<DeliverySummary> {
  readonly deploymentId: string

  constructor(deploymentId: string) {
    super(pageOf(deploymentId, { outcome: '', reason: '' }))
    this.deploymentId = deploymentId
  }

  async show(filters: DeliveryFilters): Promise<void> {
    await this.load(pageOf(this.deploymentId, filters))
  }
}

function pageOf(id: string, { outcome, reason }: DeliveryFilters) {
  const query = {
    limit: PAGE_ROWS,
    ...(outcome === '' ? {} : { outcome }),
    ...(reason === '' ? {} : { reason }),
  }
  return (cursor: { readonly cursor?: string }) =>
    session.call((api) => api.listDeliveries({ params: { id }, query: { ...query, ...cursor } }))
}
