const PARTS_MAX = 12
const PART = /^([a-z0-9]{1,10})=([^\s=,]{1,200})$/

/**
 * The parts of `t=…,v1=…,v1=…` by name; null when any of them is not one. Two header lines joined by the platform are not:
 * what stands behind their comma starts with a space.
 */
export function signatureList(value: string | null): ReadonlyMap<string, readonly string[]> | null {
  const written = value?.split(',') ?? []
  if (written.length === 0 || written.length > PARTS_MAX) return null
  const parts = new Map<string, string[]>()
  for (const text of written) {
    const [, name, part] = PART.exec(text) ?? []
    if (name === undefined || part === undefined) return null
    parts.set(name, [...(parts.get(name) ?? []), part])
  }
  return parts
}
