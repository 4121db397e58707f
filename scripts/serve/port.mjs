import { createServer } from 'node:net'

/** Throws a readable error when the port is taken. */
export function expectFree(port, host) {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', ({ code, message }) =>
      reject(
        new Error(code === 'EADDRINUSE' ? `Port ${port} is in use. Choose another one: PORT=8788 npm start` : message),
      ),
    )
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}
