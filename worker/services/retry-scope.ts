import type { Plan, PlannedStage } from '#core/definition/plan'

type Container = NonNullable<PlannedStage['container']>

/** What a retry from a stage runs again. */
export type RetryScope = {
  /** Stages that run again, and the containers around them. */
  readonly again: ReadonlySet<string>
  /** Whether somebody handled the failure of a stage, so that it may stay: it takes nothing with it that runs again. */
  readonly isHandled: (stage: PlannedStage) => boolean
}

/** Run again are the stage, whatever its end may set free, and what a trycatch does behind the phase it is in. */
export function retryScope(plan: Plan, fromStage: string): RetryScope {
  const { again, lists } = downstreamOf(plan, fromStage)
  const isHandled = ({ onError, container }: PlannedStage): boolean => {
    if (onError === 'continue') return true
    const owner = plan.stages.get(container?.id ?? '')
    if (container === null || owner === undefined || lists.has(nameOf(container))) return false
    return handles(owner, container.list) || (!again.has(owner.id) && isHandled(owner))
  }
  return { again, isHandled }
}

const nameOf = ({ id, list }: Container) => `${id}/${list}`

/** Whether a failure in a list of a container ends there. */
function handles({ type, document, lists }: PlannedStage, list: string): boolean {
  if (type === 'parallel') return document['on_error'] === 'collect'
  return list === 'try' && lists.some((other) => other.list === 'catch' && other.ids.length > 0)
}

/** Also the lists of containers in which something runs again. */
function downstreamOf(plan: Plan, fromStage: string) {
  const whole = new Set<string>()
  const around = new Set<string>()
  const lists = new Set<string>()
  const reach = (id: string): void => {
    const stage = plan.stages.get(id)
    if (stage === undefined || whole.has(id)) return
    whole.add(id)
    for (const dependent of stage.dependents) reach(dependent)
    if (stage.container !== null) leave(stage.container)
  }
  /** Something in the list ends again, and so does the container: what it contains beside and before stays. */
  const leave = (container: Container): void => {
    const owner = plan.stages.get(container.id)
    if (owner === undefined || lists.has(nameOf(container))) return
    lists.add(nameOf(container))
    around.add(owner.id)
    const isInside = (id: string) => plan.stages.get(id)?.container?.id === owner.id
    for (const dependent of owner.dependents) if (!isInside(dependent)) reach(dependent)
    for (const id of laterIn(owner, container.list)) reach(id)
    if (owner.container !== null) leave(owner.container)
  }
  reach(fromStage)
  return { again: new Set([...whole, ...around]), lists }
}

/** What a trycatch does after one of its phases; the branches of a parallel are beside each other. */
function laterIn({ type, lists }: PlannedStage, list: string): readonly string[] {
  if (type !== 'trycatch') return []
  return lists.slice(lists.findIndex((own) => own.list === list) + 1).flatMap(({ ids }) => ids)
}
