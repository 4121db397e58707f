/** Keeps every call in order and counts them by name; `print` sees each one as it arrives. */
export function createCalls(print) {
  let calls = []
  return {
    record(name, { method, host, path, headers, body }, status) {
      const call = { number: calls.length + 1, name, method, host, path, status }
      calls.push({ ...call, headers, body })
      print({ ...call, idempotencyKey: headers['idempotency-key'] ?? null })
    },
    clear() {
      calls = []
    },
    all() {
      const counts = {}
      for (const { name } of calls) counts[name] = (counts[name] ?? 0) + 1
      return { counts, calls }
    },
  }
}
