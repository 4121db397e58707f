const KIB = 1024
const MIB = 1024 * KIB

/** Every limit users can meet, in one place; documented in docs/design/limits.md. */
export const LIMITS = {
  documentBytesMax: 1_000_000,
  stagesMax: 500,
  jsonDepthMax: 64,
  webhookBodyBytesMax: 1 * MIB,
  headerBytesMax: 32 * KIB,
  outputBytesMax: 10 * MIB,
  outputInlineBytesMax: 256 * KIB,
  outputInlineBytesPerExecutionMax: 4 * MIB,
  stageTimeoutMsMin: 1_000,
  stageTimeoutMsMax: 300_000,
  stageTimeoutMsDefault: 30_000,
  executionTimeoutMsDefault: 24 * 3_600_000,
  executionTimeoutMsMax: 365 * 24 * 3_600_000,
  retryAttemptsMax: 100,
  retryAttemptsDefault: 3,
  retryDelaySecondsMax: 86_400,
  retryAfterMsMax: 3_600_000,
  pagesMax: 1_000,
  pagesDefault: 100,
  foreachItemsMax: 10_000,
  foreachConcurrencyMax: 100,
  foreachConcurrencyDefault: 10,
  traceIterationStagesMax: 1_000,
  expressionLengthMax: 4_096,
  expressionDepthMax: 64,
  expressionStepsMax: 100_000,
  liveExecutionsPerShardMax: 100_000,
  inProcessWaitMsMax: 5_000,
} as const
