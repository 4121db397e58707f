import { everyStage } from '#core/definition/every-stage'
import { stageThatAwaits } from '#core/engine/receive-fact'
import { stageState, type ExecutionState } from '#core/engine/state'
import { isJsonObject, type Json } from '#core/kernel/json'
import { isTerminalStage } from '#core/model/stage-status'

/**
 * What the stage offers that a signal of this name reaches: the one that waits now, else the first that may still come to wait.
 * `waits`: what the stages that came to wait were given, by address.
 */
export function choicesOpen(state: ExecutionState, name: string, waits: ReadonlyMap<string, Json>): readonly string[] {
  const { plan } = state
  const address = stageThatAwaits(state, name)
  if (address !== null) return choicesOf(waits.get(address) ?? null)
  const isMeant = ({ id, type, document }: ReturnType<typeof everyStage>[number]) =>
    type === 'wait_for_signal' &&
    document['signal'] === name &&
    !(plan.stages.has(id) && isTerminalStage(stageState(state, id).status))
  return choicesOf(everyStage(plan).find(isMeant)?.document ?? null)
}

function choicesOf(config: Json): readonly string[] {
  const choices = isJsonObject(config) ? config['choices'] : undefined
  return Array.isArray(choices) ? choices.map(String) : []
}
