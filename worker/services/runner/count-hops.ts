import { HOPS_HEADER } from '#core/model/hops'
import type { HttpSender } from '../../ports/http-sender'

/** A sender whose requests say how many executions led to them; a stage cannot say otherwise. */
export function countHops(send: HttpSender, hops: number): HttpSender {
  return (request, signal) => {
    const others = Object.entries(request.headers).filter(([name]) => name.toLowerCase() !== HOPS_HEADER)
    const headers = { ...Object.fromEntries(others), [HOPS_HEADER]: String(hops) }
    return send({ ...request, headers }, signal)
  }
}
