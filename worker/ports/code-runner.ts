import type { CodeAnswer } from '#core/components/code-call'
import type { ComponentContext } from '#core/components/context'
import type { Json } from '#core/kernel/json'

/** All code of one release, which is loaded as one worker. */
export type CodeBundle = {
  readonly organizationId: string
  readonly versionId: string
  /** Differs whenever the release's variables or secrets do; sealed. */
  readonly environment: string
  /** Sources by the id of their stage. */
  readonly sources: ReadonlyMap<string, string>
}

export type CodeRun = {
  readonly bundle: CodeBundle
  /** Which of the bundle's sources. */
  readonly stage: string
  readonly inputs: Json
  readonly secrets: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** What the code may know about the execution it is part of. */
  readonly execution: Pick<ComponentContext, 'executionId' | 'stageId' | 'attempt' | 'idempotencyKey'>
}

/** What the code reaches outside of its isolate. */
export type CodeHost = Pick<ComponentContext, 'http' | 'log'> & { readonly signal: AbortSignal }

/** Runs tenant code, apart from everything else, until it returns, throws, or its time is over. Never rejects. */
export type CodeRunner = (run: CodeRun, host: CodeHost) => Promise<CodeAnswer>
