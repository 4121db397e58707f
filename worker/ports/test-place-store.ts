import type { EpochMs } from '#core/kernel/time'

export type TestPlace = {
  readonly ref: string
  readonly workflowId: string
  readonly environmentId: string
  readonly createdAt: EpochMs
}

/** Where drafts of one organization were tried out. */
export type TestPlaceStore = {
  /** Remembers a place; one that is known stays as it is. */
  add(place: TestPlace): Promise<void>
  listByWorkflow(workflowId: string): Promise<readonly TestPlace[]>
}
