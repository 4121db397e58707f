const retryMs = 50

/** Waits until `GET /health` answers 200, at most `timeoutMs`. */
export async function healthy(url, timeoutMs = 30_000) {
  const end = performance.now() + timeoutMs
  for (;;) {
    const answer = await fetch(new URL('/health', url)).catch((error) => error)
    if (answer.ok) return void (await answer.text())
    if (performance.now() > end)
      throw new Error(`GET ${url}/health does not answer 200: ${answer.status ?? answer.message}`)
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}
