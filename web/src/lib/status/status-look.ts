import Ban from '@lucide/svelte/icons/circle-slash'
import Check from '@lucide/svelte/icons/circle-check'
import Circle from '@lucide/svelte/icons/circle'
import CircleDashed from '@lucide/svelte/icons/circle-dashed'
import CircleX from '@lucide/svelte/icons/circle-x'
import Clock from '@lucide/svelte/icons/clock'
import Hourglass from '@lucide/svelte/icons/hourglass'
import LoaderCircle from '@lucide/svelte/icons/loader-circle'
import type { ExecutionStatus } from '#core/model/execution-status'
import type { StageStatus } from '#core/model/stage-status'

type Status = ExecutionStatus | StageStatus

export type StatusLook = {
  readonly word: string
  readonly icon: typeof Circle
  /** The utility that sets the text, and with it icon, tint and bar, in the colour of the state. */
  readonly colour: string
  readonly isMoving: boolean
}

const still = { isMoving: false }

/** How each state looks: always a word, a shape and a colour, so that none has to be told by hue. */
export const STATUS_LOOK: Readonly<Record<Status, StatusLook>> = {
  pending: { word: 'Pending', icon: Circle, colour: 'text-pending', ...still },
  running: { word: 'In Progress', icon: LoaderCircle, colour: 'text-running', isMoving: true },
  waiting: { word: 'Waiting', icon: Clock, colour: 'text-waiting', ...still },
  completed: { word: 'Completed', icon: Check, colour: 'text-completed', ...still },
  failed: { word: 'Failed', icon: CircleX, colour: 'text-failed', ...still },
  cancelled: { word: 'Cancelled', icon: Ban, colour: 'text-cancelled', ...still },
  timed_out: { word: 'Timed out', icon: Hourglass, colour: 'text-timed-out', ...still },
  skipped: { word: 'Skipped', icon: CircleDashed, colour: 'text-skipped', ...still },
}
