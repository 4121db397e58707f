import type { Plan } from '#core/definition/plan'
import type { JsonObject } from '#core/kernel/json'
import { nearest } from '#core/kernel/nearest'
import { pointerOf } from '#core/kernel/pointer'
import type { Issue } from '#core/model/issue'
import { AppError } from './app-error'

/** Refuses outputs for stages that are not there, and for those that only decide which others run. */
export function requireMocks(plan: Plan, mocks: JsonObject): void {
  const issues = Object.keys(mocks).flatMap((id) => findingOf(plan, id))
  if (issues.length > 0) throw new AppError('request_invalid', { detail: issues[0]?.message ?? '', issues })
}

function findingOf(plan: Plan, id: string): readonly Issue[] {
  const at = { severity: 'error', path: pointerOf(['mocks', id]) } as const
  const stage = plan.stages.get(id)
  if (stage === undefined) {
    const near = nearest(id, plan.stages.keys())
    const hint = near === null ? `Its stages are ${[...plan.stages.keys()].join(', ')}.` : `Did you mean '${near}'?`
    return [{ ...at, code: 'unknown_stage', message: `The workflow has no stage '${id}'`, hint }]
  }
  if (stage.component.kind === 'task') return []
  const message = `'${id}' decides which stages run and cannot be mocked`
  return [{ ...at, code: 'mock_not_possible', message, hint: 'Mock the stages it depends on, or those it runs.' }]
}
