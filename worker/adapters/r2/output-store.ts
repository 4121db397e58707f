import type { OutputStore } from '../../ports/output-store'

/** Large stage outputs in R2. */
export function createOutputStore(bucket: R2Bucket): OutputStore {
  return {
    async put(key, json) {
      await bucket.put(key, json)
    },
    async get(key) {
      const object = await bucket.get(key)
      return object === null ? null : object.text()
    },
  }
}
