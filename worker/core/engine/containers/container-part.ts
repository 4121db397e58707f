import type { PlannedStage } from '../../definition/plan'
import { invariant } from '../../kernel/assert'
import type { ContainerPart } from './container'
import { foreachPart } from './foreach'
import { parallelPart } from './parallel'
import { trycatchPart } from './trycatch'

/** The register: one line per kind of container. */
const PARTS: Readonly<Record<string, ContainerPart>> = {
  foreach: foreachPart,
  parallel: parallelPart,
  trycatch: trycatchPart,
}

/** The part of the engine that runs a container. */
export function containerPart({ type }: PlannedStage): ContainerPart {
  const part = PARTS[type]
  invariant(part !== undefined, `the engine knows the container ${type}`)
  return part
}
