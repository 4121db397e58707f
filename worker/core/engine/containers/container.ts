import type { PlannedStage } from '../../definition/plan'
import type { Failure } from '../../model/failure'
import type { Draft } from '../draft'
import type { StageState } from '../state'

/** How a container ended: on its own account, or failed, which its scope has to learn. */
export type ContainerEnd = { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly failure: Failure }

export const ENDED: ContainerEnd = { kind: 'ended' }

/**
 * The part of the engine that knows one kind of container. It changes stages of the draft and puts those to look at on its
 * queue; whether they may start is judged elsewhere, by what it answers here.
 */
export type ContainerPart = {
  /** Begins: `container` is ready. Absent: an attempt says first what it is to do. */
  readonly start?: (draft: Draft, container: PlannedStage) => void
  /**
   * Moves a running container as far as it goes, heeding a stop first; null while something inside is at work. `follow`
   * follows the consequences of what changed in a draft of its own.
   */
  readonly walk: (draft: Draft, container: PlannedStage, follow: (inner: Draft) => void) => ContainerEnd | null
  /** Whether stages of a list may start; of stages in a plan of their own nobody asks. */
  readonly isOpen: (state: StageState, list: string) => boolean
  /** Why nothing new starts in a list any more; null while it goes on. */
  readonly endedBecause: (container: PlannedStage, state: StageState, list: string) => string | null
  /** A stage of a list has failed for good. */
  readonly hearFailure: (draft: Draft, container: PlannedStage, list: string, failure: Failure) => void
}
