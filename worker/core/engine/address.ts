/** Which iteration of which foreach an address leads into, and where to inside it. */
type Way = { readonly loop: string; readonly index: number; readonly inner: string }

/** What the addresses of an iteration's stages begin with. */
export function iterationPrefix(prefix: string, loop: string, index: number): string {
  return `${prefix}${loop}[${index}]/`
}

/** The first step of an address such as `orders[3]/lines[7]/book`; null for a plain id. */
export function splitAddress(address: string): Way | null {
  const slash = address.indexOf('/')
  if (slash === -1) return null
  const bracket = address.indexOf('[')
  const index = Number(address.slice(bracket + 1, slash - 1))
  if (bracket === -1 || address[slash - 1] !== ']' || !Number.isInteger(index)) return null
  return { loop: address.slice(0, bracket), index, inner: address.slice(slash + 1) }
}

/** The stage of the outermost plan that an address lies in: itself, or the foreach around it. */
export function outermostOf(address: string): string {
  return splitAddress(address)?.loop ?? address
}
