const everyMs = 60_000

/** Calls the worker's scheduled handler now and then once a minute; answers a function that stops it. */
export function tick(server) {
  const once = () =>
    server.scheduled('* * * * *').catch((error) => void process.stderr.write(`scheduled failed: ${error.message}\n`))
  void once()
  const timer = setInterval(once, everyMs)
  return () => clearInterval(timer)
}
