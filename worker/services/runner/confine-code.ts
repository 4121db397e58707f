import type { HttpAnswer } from '#core/components/context'
import type { PlannedStage } from '#core/definition/plan'
import type { HttpSender } from '../../ports/http-sender'

/** Names of the secrets a code stage is handed: those it lists, and those its inputs refer to, whatever they make of them. */
export function secretsHanded({ component, document, config }: PlannedStage): readonly string[] {
  const listed = (component.secrets?.(document) ?? []).map(({ name }) => name)
  const read = config.references.flatMap(({ kind, name }) => (kind === 'secret' && name !== null ? [name] : []))
  return [...new Set([...listed, ...read])]
}

/**
 * A sender for code that was handed secrets. Code can disguise a value as it likes, so that one bound to hosts binds all
 * requests of the code: they go to hosts that every such secret may be sent to, and nowhere else, by a redirect either.
 */
export function confineCode(
  send: HttpSender,
  handed: readonly string[],
  secretHosts: Readonly<Record<string, readonly string[]>>,
): HttpSender {
  const bound = handed.filter((name) => Object.hasOwn(secretHosts, name))
  if (bound.length === 0) return send
  return async (request, signal) => {
    const host = URL.canParse(request.url) ? new URL(request.url).hostname : ''
    const misled = bound.find((name) => !(secretHosts[name] ?? []).includes(host))
    return misled === undefined
      ? send({ ...request, staysOnHost: true }, signal)
      : refused(misled, secretHosts[misled] ?? [])
  }
}

function refused(name: string, hosts: readonly string[]): HttpAnswer {
  const failure = {
    code: 'secret_host_denied',
    message: `Code that is handed the secret ${name} may only call ${hosts.join(', ')}.`,
    hint: 'Call other hosts from a stage that is not handed it, or add the host to the secret’s allowedHosts.',
  }
  return { kind: 'failed', failure, durationMs: 0, retryable: false }
}
