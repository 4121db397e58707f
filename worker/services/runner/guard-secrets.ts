import type { HttpAnswer } from '#core/components/context'
import { createRedactor, type Redact } from '#core/engine/redact'
import type { HttpSender } from '../../ports/http-sender'

/** Secrets that may only travel to some hosts: values and hosts by name. */
export type BoundSecrets = {
  readonly values: Readonly<Record<string, string>>
  readonly hosts: Readonly<Record<string, readonly string[]>>
}

/** A secret that is bound to hosts, and how to find it in what is sent. */
export type SecretGuard = { readonly name: string; readonly hosts: readonly string[]; readonly redact: Redact }

/** The guards of a release's secrets: made once, because making one takes longer than asking it. */
export function secretGuards({ values, hosts }: BoundSecrets): readonly SecretGuard[] {
  return Object.entries(hosts).flatMap(([name, allowed]) =>
    Object.hasOwn(values, name)
      ? [{ name, hosts: allowed, redact: createRedactor({ [name]: values[name] ?? '' }) }]
      : [],
  )
}

/**
 * A sender that refuses to carry a secret to a host it is not meant for, in whatever encoding, by a redirect included.
 */
export function guardSecrets(send: HttpSender, guards: readonly SecretGuard[]): HttpSender {
  if (guards.length === 0) return send
  return async (request, signal) => {
    const body = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body ?? undefined)
    const carried = [request.url, ...Object.values(request.headers), body, request.madeFrom ?? null]
    const host = URL.canParse(request.url) ? new URL(request.url).hostname : ''
    const found = guards.filter(({ redact }) => redact(carried) !== carried)
    const misled = found.find(({ hosts }) => !hosts.includes(host))
    if (misled !== undefined) return refused(misled)
    return send(found.length === 0 ? request : { ...request, staysOnHost: true }, signal)
  }
}

function refused(secret: { name: string; hosts: readonly string[] }): HttpAnswer {
  const failure = {
    code: 'secret_host_denied',
    message: `The secret ${secret.name} may only be sent to ${secret.hosts.join(', ')}.`,
    hint: 'Correct the url, or add the host to the secret’s allowedHosts.',
  }
  return { kind: 'failed', failure, durationMs: 0, retryable: false }
}
