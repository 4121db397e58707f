import type { Delivery } from '#core/model/delivery'

/** One call of a webhook that was answered. */
export type SeenCall = Omit<Delivery, 'id' | 'headers' | 'query' | 'more' | 'lastAt'> & {
  /** What it keeps in memory until it is written down. */
  readonly heldBytes: number
  /** What of the call may be kept. Asked only for calls that are kept one by one. */
  readonly facts: () => Pick<Delivery, 'headers' | 'query'>
}

/** Remembers calls for the owner of the deployment. Costs the caller nothing: it is written later, and never rejects or throws. */
export type DeliveryLog = { note(ref: string, call: SeenCall): void }
