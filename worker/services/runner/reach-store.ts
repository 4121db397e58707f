/** The store of large outputs cannot be reached: whoever waits a little may have better luck. */
export class StoreUnreachable extends Error {}

/** Something stored is gone for good; the message says what, as the beginning of a sentence. */
export class OutputLost extends Error {}

/** Calls the store of large outputs; whatever breaks is StoreUnreachable. */
export async function reach<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    throw new StoreUnreachable('The store of large outputs did not answer.', { cause })
  }
}
