import type { Summary } from './load.mjs'

export function alternate(options: {
  pairs: number
  floor: () => Promise<Summary>
  ours: () => Promise<Summary>
}): Promise<{ floor: Summary; ours: Summary; share: number }>
