import { assertNever } from '#core/kernel/assert'
import { err, ok, type Result } from '#core/kernel/result'
import { type EpochMs, isWithin } from '#core/kernel/time'
import type { DeploymentConfig } from '#core/model/deployment-config'
import { shardOf } from '#core/model/execution-id'
import { homeShard } from '#core/model/home-shard'
import type { RateVerdict } from '#core/model/rate'
import type { AcceptAnswer, AcceptRequest } from '#core/shard/wire'
import type { Accepted, Ingress, IngressRefusal, Prepared } from '../ports/ingress'
import { acceptAtHome } from './accept-at-home'
import { completeExecution } from './complete-execution'
import { gatherAccepts, SEND_WITHIN_MS } from './gather-accepts'
import type { IngressDeps } from './ingress-deps'
import { createAheadRunner, type RunAhead } from './runner/run-ahead'

/** Each round but the last brings what was missing: a deployment that grows twice while a call is on its way takes six. */
const PREPARE_MAX = 8
const SEND_MAX = 3

/** The ingress over the config cache, the shards and, for requests that wait, a runner of its own. */
export function createIngress(deps: IngressDeps): Ingress {
  const runAhead = createAheadRunner(deps.runner)
  return {
    accept: (ref, shardKey, prepare) => accept({ ...deps, runAhead }, ref, shardKey, prepare),
    complete: (accepted, patienceMs) => completeExecution(deps, accepted, patienceMs),
    gathering: () => createIngress({ ...deps, shards: gatherAccepts(deps.shards, deps.runner) }),
  }
}

async function accept<R>(
  deps: IngressDeps & { readonly runAhead: RunAhead },
  ref: string,
  shardKey: string | null,
  prepare: (config: DeploymentConfig) => Promise<Result<Prepared, R>>,
): Promise<Result<Accepted, R | IngressRefusal>> {
  let config = await deps.configs.get(ref)
  if (config === null) return err({ code: 'not_found' })
  // A call counts once, however often it is prepared.
  let rates: readonly RateVerdict[] | undefined
  for (let tries = 0; tries < PREPARE_MAX; tries++) {
    const prepared = await prepare(config)
    if (!prepared.ok) {
      // A refusal judged by an old config may be wrong: a key, a method or a whole release may be new.
      const newer: DeploymentConfig | null = await deps.configs.refresh(ref)
      if (newer === null || newer.epoch === config.epoch) return prepared
      config = newer
      continue
    }
    const { rate, ...asked } = prepared.value
    rates ??= await deps.triggerLimit(config.organizationId, rate)
    if (rates.some(({ allowed }) => !allowed)) return err({ code: 'rate_limited', rates })
    const sentAt = deps.clock()
    const nonce = deps.nonce()
    const homeKey = shardKey ?? prepared.value.key
    const home = homeShard(homeKey ?? nonce, config.shards)
    const ahead = await deps.runAhead(config, asked)
    const answer = await send(deps, config, home, {
      ...asked,
      ...(ahead !== null && { ran: ahead.ran }),
      ...(homeKey !== undefined && { home: homeKey }),
      epoch: config.epoch,
      nonce,
    })
    switch (answer.kind) {
      case 'stale':
        config = answer.config
        deps.configs.put(config)
        break
      case 'accepted':
        if (answer.ended !== true && !answer.duplicate) ahead?.inVain()
        return ok({
          ...arrived(deps, config, asked.pin, { ...answer, sentAt }),
          ...(answer.ended === true && ahead !== null && { end: ahead.completion }),
          rates,
        })
      case 'refused':
        if (answer.code !== 'unknown_shard') return err({ code: answer.code })
        if (config.shards === 1) return err({ code: 'not_found' })
        await deps.deployments(ref).provide({ pin: asked.pin, shard: home })
        break
      case 'need_release':
        if (!(await deps.deployments(ref).provide({ pin: asked.pin, shard: home }))) return err({ code: 'not_found' })
        break
      case 'outcome_unknown':
        return err({ code: 'outcome_unknown' })
      default:
        return assertNever(answer)
    }
  }
  return err({ code: 'outcome_unknown' })
}

/** Sends once, and soon after a broken answer again with the same nonce: a repeat finds what the first one made. */
async function send(
  deps: IngressDeps,
  config: DeploymentConfig,
  no: number,
  first: AcceptRequest,
): Promise<AcceptAnswer | { kind: 'outcome_unknown' }> {
  const sentAt = deps.clock()
  for (let tries = 0; tries < SEND_MAX && isWithin(sentAt, SEND_WITHIN_MS, deps.clock()); tries++) {
    try {
      const request = tries === 0 ? first : { ...first, retry: true }
      return await acceptAtHome(deps.shards, config, { no, request, now: deps.clock() })
    } catch (error) {
      deps.runner.report('accept_failed', { ref: config.ref, tries, error: String(error) })
    }
  }
  return { kind: 'outcome_unknown' }
}

function arrived(
  deps: IngressDeps,
  config: DeploymentConfig,
  pin: number,
  answer: Extract<AcceptAnswer, { kind: 'accepted' }> & { readonly sentAt: EpochMs },
): Omit<Accepted, 'rates'> {
  if (answer.ring > 0) {
    const shard = shardOf(answer.id)
    deps.background(deps.runner.doorbells.ring({ lane: config.lane, ref: config.ref, shard }, answer.ring))
  }
  const { id, duplicate, lease: work, sentAt } = answer
  return { id, duplicate, config, pin, ...(work !== undefined && { lease: { work, sentAt } }) }
}
