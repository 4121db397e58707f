import { LIMITS } from './limits'

/** Says in how many executions, one caused by the other over the network, a request was sent. */
export const HOPS_HEADER = 'millrace-hops'

/** The hops a request has behind it; what nobody here wrote counts as none. */
export function readHops(header: string | null): number {
  return header !== null && /^[1-9]\d{0,3}$/.test(header) ? Number(header) : 0
}

/** Whether a chain of executions that call each other has become too long to be meant. */
export function isLoop(hops: number): boolean {
  return hops >= LIMITS.hopsMax
}

/** What whoever is refused reads. */
export function loopDetail(hops: number): string {
  return `This call comes from a chain of ${hops} executions that called each other; ${LIMITS.hopsMax} are allowed.`
}
