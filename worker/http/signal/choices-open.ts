import { everyStage } from '#core/definition/every-stage'
import type { Plan } from '#core/definition/plan'
import type { JournalEvent } from '#core/engine/event'
import { fold } from '#core/engine/fold'
import { stageThatAwaits } from '#core/engine/receive-fact'
import { stageState } from '#core/engine/state'
import { isJsonObject, type Json } from '#core/kernel/json'
import type { EpochMs } from '#core/kernel/time'
import { isTerminalStage } from '#core/model/stage-status'

type Past = { readonly acceptedAt: EpochMs; readonly events: () => Promise<readonly JournalEvent[]> }

/**
 * What the stage offers that a signal of this name reaches: the one that waits now, else the first that may still come to wait.
 * What happened is asked for only where the document alone does not say it.
 */
export async function choicesOpen(plan: Plan, name: string, past: Past): Promise<readonly string[]> {
  const stages = everyStage(plan).filter(
    ({ type, document }) => type === 'wait_for_signal' && document['signal'] === name,
  )
  const lists = stages.map(({ document }) => choicesOf(document))
  const written = new Set(lists.map((list) => JSON.stringify(list)))
  if (written.size === 1 && !lists.flat().some((choice) => choice.includes('{{'))) return lists[0] ?? []
  const events = await past.events()
  const state = fold(plan, past.acceptedAt, events)
  const address = stageThatAwaits(state, name)
  if (address !== null) {
    const wait = events.findLast((event) => event.type === 'stage_waiting' && event.stage === address)
    return wait?.type === 'stage_waiting' ? choicesOf(wait.input) : []
  }
  const isOver = (id: string) => plan.stages.has(id) && isTerminalStage(stageState(state, id).status)
  return choicesOf(stages.find(({ id }) => !isOver(id))?.document ?? null)
}

function choicesOf(config: Json): readonly string[] {
  const choices = isJsonObject(config) ? config['choices'] : undefined
  return Array.isArray(choices) ? choices.map(String) : []
}
