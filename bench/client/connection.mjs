import { connect } from 'node:net'

const headEnd = Buffer.from('\r\n\r\n')
const lengthLine = /\r\ncontent-length: *(\d+)/i
const chunkedLine = /\r\ntransfer-encoding: *chunked/i

/** The length of the answer at the start of `bytes`, or -1 while it is incomplete. Understands a declared length and chunks. */
function answerEnd(bytes, bodyStart, head) {
  const declared = lengthLine.exec(head)
  if (declared) return bytes.length >= bodyStart + Number(declared[1]) ? bodyStart + Number(declared[1]) : -1
  if (!chunkedLine.test(head)) return bodyStart
  for (let at = bodyStart; ;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return -1
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    at = lineEnd + 2 + size + 2
    if (bytes.length < at) return -1
    if (size === 0) return at
  }
}

/**
 * One keep-alive connection that sends one request at a time. It parses no more than it must, because it shares the
 * machine's cores with the server it measures. Answers `{status, body}`; a broken connection is opened again by the next request.
 */
export class Connection {
  #url
  #socket = null
  #bytes = Buffer.alloc(0)
  #waiting = null

  constructor(url) {
    this.#url = new URL(url)
  }

  send({ method = 'GET', path = '/', headers = {}, body = '' }) {
    this.#socket ??= this.#open()
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const length = method === 'GET' ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`
    this.#socket.write(`${method} ${path} HTTP/1.1\r\nhost: ${this.#url.host}\r\n${lines.join('')}${length}\r\n${body}`)
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }))
  }

  close() {
    this.#socket?.destroy()
    this.#socket = null
  }

  #open() {
    const socket = connect({ host: this.#url.hostname, port: Number(this.#url.port), noDelay: true })
    socket.on('data', (chunk) => this.#take(chunk))
    socket.on('error', (error) => this.#break(socket, error))
    socket.on('close', () => this.#break(socket, new Error('The server closed the connection.')))
    return socket
  }

  #take(chunk) {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    const found = this.#bytes.indexOf(headEnd)
    if (found < 0) return
    const head = this.#bytes.toString('latin1', 0, found)
    const end = answerEnd(this.#bytes, found + 4, head)
    if (end < 0) return
    const body = this.#bytes.subarray(found + 4, end)
    this.#bytes = this.#bytes.subarray(end)
    const { resolve } = this.#waiting
    this.#waiting = null
    resolve({ status: Number(head.slice(9, 12)), body })
  }

  #break(socket, error) {
    if (this.#socket !== socket) return
    this.#socket = null
    this.#bytes = Buffer.alloc(0)
    this.#waiting?.reject(error)
    this.#waiting = null
  }
}
