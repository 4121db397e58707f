import type { ChatModel } from '../../ports/chat-model'
import type { SecretGuard } from './guard-secrets'

/** A model that is told no secret bound to hosts, in whatever encoding: which host would hear it is not the author's to say. */
export function guardPrompts(ask: ChatModel, guards: readonly SecretGuard[]): ChatModel {
  if (guards.length === 0) return ask
  return async (request, signal) => {
    const told = [request.model, request.systemPrompt ?? '', request.prompt, JSON.stringify(request.schema ?? null)]
    const leaked = guards.find(({ redact }) => redact(told) !== told)
    if (leaked === undefined) return ask(request, signal)
    const failure = {
      code: 'secret_host_denied',
      message: `The secret ${leaked.name} may only be sent to ${leaked.hosts.join(', ')}, and to no model.`,
      hint: 'Leave it out of the prompt; what a model is told it may tell again.',
    }
    return { kind: 'failed', failure, durationMs: 0, retryable: false }
  }
}
