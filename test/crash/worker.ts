/**
 * The Worker as it ships, whose objects stand on a platform that can be made to fail at any one of its calls. Nothing of
 * this is in what ships: the shipped classes are handed another platform.
 */
import type { Bindings } from '../../worker/env'
import { DeploymentObject as ShippedDeployment } from '../../worker/objects/deployment-object'
import { ExecutionShard as ShippedShard } from '../../worker/objects/execution-shard'
import { breakableBindings, breakableState } from './breakable-platform'
import { doorbellsOf } from './doorbells'
import { type KillPoints, killPointsOf, type Process } from './kill-points'

// oxlint-disable-next-line import/no-default-export -- what the platform calls
export { default } from '../../worker/index'
export { OrganizationSlots } from '../../worker/objects/organization-slots'

/** An object in one of its lives; after its death nothing it still does counts. */
function lifeOf(name: string, ctx: DurableObjectState, points: KillPoints): Process {
  let isDead = false
  const life: Process = {
    name,
    isDead: () => isDead,
    die() {
      if (isDead) return
      isDead = true
      // Ended within a call of its own, or while an answer leaves it, an object takes the answer along without a word.
      setTimeout(() => {
        ctx.abort('killed')
        points.cutLines()
        points.abandon(life)
      }, 0)
    },
  }
  return life
}

/** What the shipped class is made of here. */
function breakable(name: string, ctx: DurableObjectState, env: Bindings): [DurableObjectState, Bindings] {
  const ref = ctx.id.name?.split(':')[1] ?? ''
  const points = killPointsOf(ref)
  const life = lifeOf(name, ctx, points)
  return [breakableState(ctx, points, life), breakableBindings(env, points, life, doorbellsOf(ref))]
}

export class ExecutionShard extends ShippedShard {
  constructor(ctx: DurableObjectState, env: Bindings) {
    super(...breakable('shard', ctx, env))
  }
}

export class DeploymentObject extends ShippedDeployment {
  constructor(ctx: DurableObjectState, env: Bindings) {
    super(...breakable('deployment', ctx, env))
  }
}
