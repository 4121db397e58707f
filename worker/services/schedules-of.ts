import type { Workflow } from '#core/definition/document'
import type { ScheduleSpec } from '#core/release/wire'

/** The schedules a release brings, as its Deployment keeps them. */
export function schedulesOf(workflow: Workflow): readonly ScheduleSpec[] {
  const schedules: ScheduleSpec[] = []
  for (const trigger of workflow.triggers) {
    if (trigger.type !== 'schedule') continue
    const { id, cron, timezone, enabled, payload, metadata } = trigger
    const description = metadata?.description ?? null
    schedules.push({ triggerId: id, cron, timezone, enabled, description, payload: JSON.stringify(payload) })
  }
  return schedules
}
