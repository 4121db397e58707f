import type { SignedCall } from '#core/triggers/schemes/define-scheme'

export type OpenCall = SignedCall & { readonly body: Uint8Array<ArrayBuffer>; readonly query: string }

/**
 * A request as schemes see it. Its address is put together from where senders reach us, because `Host` and `X-Forwarded-Host`
 * are whatever a sender writes; `publicUrl` null believes them, for development.
 */
export function signedCall(
  request: Request,
  query: string,
  body: Uint8Array<ArrayBuffer>,
  publicUrl: string | null,
): OpenCall {
  return {
    method: request.method,
    query,
    body,
    get url() {
      const { origin, pathname } = new URL(request.url)
      return `${publicUrl ?? origin}${pathname}${query === '' ? '' : `?${query}`}`
    },
    header: (name) => request.headers.get(name),
  }
}
