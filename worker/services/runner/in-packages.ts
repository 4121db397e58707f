/** A call between Workers and objects carries 32 MiB; a character takes up to two bytes of it. */
const PACKAGE_CHARS_MAX = 8_000_000

/** Splits what travels together into packages that fit one call, in order. A single item is never split. */
export function inPackages<Item>(
  items: readonly Item[],
  charsOf: (item: Item) => number,
): readonly (readonly Item[])[] {
  const packages: Item[][] = []
  let room = 0
  for (const item of items) {
    const chars = charsOf(item)
    if (packages.length === 0 || chars > room) {
      packages.push([])
      room = PACKAGE_CHARS_MAX
    }
    packages.at(-1)?.push(item)
    room -= chars
  }
  return packages
}
