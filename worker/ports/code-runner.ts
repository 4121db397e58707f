import type { CodeAnswer, CodeInvocation } from '#core/components/code-call'
import type { ComponentContext } from '#core/components/context'

/** All code of one release, which is loaded as one worker. */
export type CodeBundle = {
  readonly organizationId: string
  readonly versionId: string
  /** Differs whenever the release's variables or secrets do; sealed. */
  readonly environment: string
  /** Sources by the id of their stage. */
  readonly sources: ReadonlyMap<string, string>
}

export type CodeRun = CodeInvocation & { readonly bundle: CodeBundle }

/** What the code reaches outside of its isolate. */
export type CodeHost = Pick<ComponentContext, 'http' | 'log'> & {
  readonly signal: AbortSignal
  /** Told when the call has to wait for its turn, and when that has come: only then its time begins. */
  readonly queued?: (isWaiting: boolean) => void
}

/** Runs tenant code, apart from everything else, until it returns, throws, or its time is over. Never rejects. */
export type CodeRunner = (run: CodeRun, host: CodeHost) => Promise<CodeAnswer>
