import type { CHANGE_KINDS } from '#core/contract/versions'
import { canonicalJson } from '#core/kernel/canonical-json'
import { isJsonObject, type Json, type JsonObject } from '#core/kernel/json'
import { appendPointer } from '#core/kernel/pointer'
import { describeValue } from './describe-value'

export type DocumentChange = {
  readonly kind: (typeof CHANGE_KINDS)[number]
  /** Stages and triggers are named by id, so that moving one changes nothing. */
  readonly path: string
  readonly old: Json
  readonly new: Json
  readonly text: string
}

type ListName = 'stages' | 'triggers'

/** What changed between two documents, one entry for each smallest part, in words. */
export function diffDocuments(before: Json, after: Json): readonly DocumentChange[] {
  const from = isJsonObject(before) ? before : {}
  const to = isJsonObject(after) ? after : {}
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter(
    (key) => key !== 'stages' && key !== 'triggers',
  )
  return [
    ...diffList('triggers', from, to),
    ...diffList('stages', from, to),
    ...keys.flatMap((key) => diffValue(kindOf(key), '', appendPointer('', key), ownOf(from, key), ownOf(to, key))),
  ]
}

function kindOf(key: string): DocumentChange['kind'] {
  if (key === 'settings') return 'settings_changed'
  return key === 'output' ? 'output_changed' : 'document_changed'
}

function diffList(list: ListName, from: JsonObject, to: JsonObject): DocumentChange[] {
  const noun = list === 'stages' ? 'stage' : 'trigger'
  const before = byId(list, from[list])
  const after = byId(list, to[list])
  const changes: DocumentChange[] = []
  for (const [id, old] of before) {
    const path = appendPointer(`/${list}`, id)
    const now = after.get(id)
    if (now === undefined) {
      changes.push({ kind: `${noun}_removed`, path, old, new: null, text: `${noun} ${id} removed${ofType(old)}` })
    } else changes.push(...diffValue(`${noun}_changed`, `${noun} ${id}: `, path, old, now))
  }
  for (const [id, now] of after) {
    if (before.has(id)) continue
    const path = appendPointer(`/${list}`, id)
    changes.push({ kind: `${noun}_added`, path, old: null, new: now, text: `${noun} ${id} added${ofType(now)}` })
  }
  return changes
}

function ofType(item: Json): string {
  if (!isJsonObject(item)) return ''
  const type = item['component'] ?? item['type']
  return typeof type === 'string' ? ` (${type})` : ''
}

/** The items of a list by id; triggers without one are named as the validator names them. */
function byId(list: ListName, items: Json | undefined): Map<string, Json> {
  const result = new Map<string, Json>()
  for (const item of Array.isArray(items) ? (items as readonly Json[]) : []) {
    const own = isJsonObject(item) ? (item['id'] ?? (list === 'triggers' ? item['type'] : null)) : null
    const name = typeof own === 'string' ? own : 'unnamed'
    let id = name
    for (let n = 2; result.has(id); n++) id = `${name}-${n}`
    result.set(id, item)
  }
  return result
}

function diffValue(
  kind: DocumentChange['kind'],
  subject: string,
  path: string,
  old: Json,
  now: Json,
): DocumentChange[] {
  if (canonicalJson(old) === canonicalJson(now)) return []
  if (isJsonObject(old) && isJsonObject(now)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])]
    return keys.flatMap((key) => diffValue(kind, subject, appendPointer(path, key), ownOf(old, key), ownOf(now, key)))
  }
  const place = placeOf(path, subject !== '')
  const key = path.slice(path.lastIndexOf('/') + 1)
  const text = `${subject}${place} ${describeValue(key, old)} → ${describeValue(key, now)}`
  return [{ kind, path, old, new: now, text }]
}

/** Null where only one of two objects has the key, also when it is the name of an inherited member. */
function ownOf(object: JsonObject, key: string): Json {
  return Object.hasOwn(object, key) ? (object[key] ?? null) : null
}

/** The place in words: without the list, the id and `config`, which the subject says already. */
function placeOf(path: string, isInList: boolean): string {
  const keys = path.split('/').slice(isInList ? 3 : 1)
  return (keys[0] === 'config' && keys.length > 1 ? keys.slice(1) : keys).join('.')
}
