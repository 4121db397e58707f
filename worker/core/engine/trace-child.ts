import { isJsonObject, type Json } from '../kernel/json'
import type { StageNotes } from './trace-notes'

/** The execution a `workflow` stage started: the one it waited for, else the one it answered with. */
export function traceChild(notes: StageNotes | undefined, output: Json): string | null {
  if (notes === undefined || notes.isMocked) return null
  if (notes.awaitedChild !== null) return notes.awaitedChild
  const waits = !isJsonObject(notes.input) || notes.input['wait'] !== false
  const id = waits || !isJsonObject(output) ? null : output['executionId']
  return typeof id === 'string' ? id : null
}
