import { err, ok, type Result } from '../kernel/result'
import type { EpochMs } from '../kernel/time'
import { assertNever } from '../kernel/assert'
import type { DeploymentState } from './state'
import type { Actor, Change } from './wire'

export type ChangeRefusal = 'not_deployed' | 'unknown_release' | 'cannot_shrink'

/**
 * The state after a change, one epoch later. Switches keep what was active as standby, so that it can come back; new values
 * for the live version are no deploy, and leave what was live before and since when as it is.
 * `pin` is the release the change names, already stored; a paused deployment stays paused when it is deployed to.
 */
export function applyChange(
  state: DeploymentState,
  change: Change,
  context: { pin: number | null; actor: Actor; at: EpochMs },
): Result<DeploymentState, ChangeRefusal> {
  const epoch = state.epoch + 1
  switch (change.kind) {
    case 'switch':
    case 'restore':
      if (context.pin === null) return err('unknown_release')
      return ok({
        ...state,
        epoch,
        active: context.pin,
        status: state.status === 'paused' ? 'paused' : 'active',
        ...(change.cause !== 'config' && {
          standby: state.active === context.pin ? state.standby : state.active,
          activatedAt: context.at,
          activatedBy: context.actor,
        }),
      })
    case 'place':
      return context.pin === null ? err('unknown_release') : ok({ ...state, epoch })
    case 'pause':
      if (state.active === null || state.status === 'undeployed') return err('not_deployed')
      return ok({ ...state, epoch, status: 'paused', pauseNote: change.note })
    case 'resume':
      if (state.active === null || state.status === 'undeployed') return err('not_deployed')
      return ok({ ...state, epoch, status: 'active', pauseNote: null })
    case 'undeploy':
      if (state.status === 'undeployed') return err('not_deployed')
      return ok({ ...state, epoch, status: 'undeployed', pauseNote: null })
    case 'scale':
      return change.shards < state.shards ? err('cannot_shrink') : ok({ ...state, epoch, shards: change.shards })
    default:
      return assertNever(change)
  }
}
