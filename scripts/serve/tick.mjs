const everyMs = 60_000

const report = (reason) => void process.stderr.write(`The sweep failed: ${reason}\n`)

/** Calls the worker's scheduled handler now and then once a minute; answers a function that stops it. */
export function tick(server) {
  const once = () =>
    server
      .scheduled('* * * * *')
      .then(({ outcome }) => outcome === 'ok' || report(outcome))
      .catch((error) => report(error.message))
  void once()
  const timer = setInterval(once, everyMs)
  return () => clearInterval(timer)
}
