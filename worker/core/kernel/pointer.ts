/** Appends one key or index to a JSON Pointer (RFC 6901). */
export function appendPointer(pointer: string, key: string | number): string {
  return `${pointer}/${typeof key === 'number' ? key : key.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** The JSON Pointer of a path of keys and indexes. */
export function pointerOf(path: readonly (string | number | symbol)[]): string {
  return path.reduce<string>((pointer, key) => appendPointer(pointer, typeof key === 'symbol' ? String(key) : key), '')
}

/** The keys of a JSON Pointer, unescaped. */
export function pointerKeys(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** What a JSON Pointer names inside a value, or undefined. Own properties only. */
export function readPointer(value: unknown, pointer: string): unknown {
  let current = value
  for (const key of pointerKeys(pointer)) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined
    current = (current as Record<string, unknown>)[key]
  }
  return current
}
