import type { Trace } from './stage-trace.ts'

/** The trace as a person reads it: of an execution that has not started no stage is at work yet, only the next one chosen. */
export function traceToShow(trace: Trace): Trace {
  if (trace.status !== 'pending') return trace
  return {
    ...trace,
    stages: trace.stages.map((stage) =>
      stage.status === 'running' && stage.startedAt === null ? { ...stage, status: 'pending', attempts: [] } : stage,
    ),
  }
}
