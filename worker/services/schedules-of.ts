import type { Workflow } from '#core/definition/document'
import type { ScheduleSpec } from '#core/release/wire'
import { TriggerDocument } from '#core/triggers/registry'

/** The schedules a release brings, as its Deployment keeps them. */
export function schedulesOf(workflow: Workflow): readonly ScheduleSpec[] {
  const schedules: ScheduleSpec[] = []
  for (const { id, ...rest } of workflow.triggers) {
    const trigger = TriggerDocument.parse(rest)
    if (trigger.type !== 'schedule') continue
    const { cron, timezone, enabled, payload, metadata } = trigger
    const description = metadata?.description ?? null
    schedules.push({ triggerId: id, cron, timezone, enabled, description, payload: JSON.stringify(payload) })
  }
  return schedules
}
