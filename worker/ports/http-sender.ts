import type { HttpAnswer, HttpRequest } from '#core/components/context'

/** Sends one request under the egress policy. Never throws: refusals and network errors are answers. */
export type HttpSender = (request: HttpRequest, signal?: AbortSignal) => Promise<HttpAnswer>
