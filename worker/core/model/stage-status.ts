export const STAGE_STATUSES = ['pending', 'running', 'waiting', 'completed', 'failed', 'skipped', 'cancelled'] as const
export type StageStatus = (typeof STAGE_STATUSES)[number]

export function isTerminalStage(status: StageStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'skipped' || status === 'cancelled'
}
