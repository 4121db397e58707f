/** What tells a client to wait: `Retry-After`, and the `RateLimit` field of whoever reads that instead. */
export function retryHeaders(status: number, seconds: number): Readonly<Record<string, string>> {
  return {
    'retry-after': String(seconds),
    ...(status === 429 ? { ratelimit: `"default";r=0;t=${seconds}` } : {}),
  }
}
