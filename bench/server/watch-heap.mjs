const sampleMs = 50

/**
 * Watches the memory of Millrace's own isolate over the inspector: its heap and the buffers behind it. The answer ends the
 * watch and tells the most it saw, in bytes, garbage included.
 */
export async function watchHeap(inspectorUrl) {
  const targets = await (await fetch(new URL('/json', inspectorUrl.replace('ws:', 'http:')))).json()
  const target = targets.find(({ id }) => id.includes('millrace')) ?? targets[0]
  const socket = new WebSocket(target.webSocketDebuggerUrl)
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = () => reject(new Error(`No inspector at ${target.webSocketDebuggerUrl}`))
  })
  const waiting = new Map()
  socket.onmessage = ({ data }) => {
    const { id, result } = JSON.parse(data)
    waiting.get(id)?.(result)
    waiting.delete(id)
  }
  let asked = 0
  const ask = (method) =>
    new Promise((resolve) => {
      waiting.set(++asked, resolve)
      socket.send(JSON.stringify({ id: asked, method, params: {} }))
    })
  const bytes = async () => {
    const { usedSize, backingStorageSize = 0, embedderHeapUsedSize = 0 } = await ask('Runtime.getHeapUsage')
    return usedSize + backingStorageSize + embedderHeapUsedSize
  }
  let most = await bytes()
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      most = Math.max(most, await bytes())
      await new Promise((resolve) => setTimeout(resolve, sampleMs))
    }
  })()
  return async () => {
    isOver = true
    await watching
    socket.close()
    return most
  }
}
