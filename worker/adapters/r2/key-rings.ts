import type { KeyRings } from '../../ports/key-rings'

const PREFIX = 'k/'
const keyOf = (organizationId: string) => PREFIX + organizationId

/** Key rings in R2, which keeps no older versions: what is overwritten is gone. */
export function createKeyRings(bucket: R2Bucket): KeyRings {
  // R2 answers null where a condition did not hold; the types do not know for headers.
  const put = async (organizationId: string, text: string, master: number, onlyIf: R2Conditional | Headers) => {
    const options = { onlyIf, customMetadata: { master: String(master) } }
    return ((await bucket.put(keyOf(organizationId), text, options)) as R2Object | null) !== null
  }
  return {
    async read(organizationId) {
      const object = await bucket.get(keyOf(organizationId))
      return object === null ? null : { text: await object.text(), mark: object.etag }
    },
    create: (organizationId, text, master) => put(organizationId, text, master, new Headers({ 'if-none-match': '*' })),
    replace: (organizationId, text, master, mark) => put(organizationId, text, master, { etagMatches: mark }),
    remove: (organizationId) => bucket.delete(keyOf(organizationId)),
    async owners(after, limit) {
      const { objects } = await bucket.list({
        prefix: PREFIX,
        startAfter: keyOf(after),
        limit,
        include: ['customMetadata'],
      })
      return objects.map(({ key, customMetadata }) => ({
        organizationId: key.slice(PREFIX.length),
        master: Number(customMetadata?.['master'] ?? 0),
      }))
    },
  }
}
