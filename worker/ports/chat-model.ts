import type { ChatAnswer, ChatRequest } from '#core/components/context'

/** Asks an OpenAI-compatible endpoint for one completion. Never throws. */
export type ChatModel = (request: ChatRequest, signal?: AbortSignal) => Promise<ChatAnswer>
