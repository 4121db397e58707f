/** A schedule's public id names its deployment and trigger, so that finding it needs no lookup. */
export function formatScheduleId(ref: string, triggerId: string): string {
  return `sched_${ref}_${triggerId}`
}
