import { NetFailure } from './net-failure'

/** The text of a response, in the charset it names (UTF-8 otherwise). Throws NetFailure beyond `bytesMax`, after inflating. */
export async function readText(response: Response, bytesMax: number): Promise<string> {
  const tooLarge = () => new NetFailure('http_response_too_large', `The response is larger than ${bytesMax} bytes.`)
  if (response.body === null) return ''
  const decoder = decoderOf(response.headers.get('content-type'))
  const reader = response.body.getReader() as ReadableStreamDefaultReader<Uint8Array>
  let text = ''
  let bytes = 0
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    bytes += read.value.length
    if (bytes > bytesMax) {
      await reader.cancel().catch(() => undefined)
      throw tooLarge()
    }
    text += decoder.decode(read.value, { stream: true })
  }
  return text + decoder.decode()
}

function decoderOf(contentType: string | null): TextDecoder {
  const charset = /charset="?([a-z0-9_:-]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset)
  } catch {
    return new TextDecoder()
  }
}
