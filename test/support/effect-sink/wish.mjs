import { modes } from './modes.mjs'

const isMode = (name) => name !== null && Object.hasOwn(modes, name)

/** How a request wants to be answered, given how many with its key came before; `ok` unless it says so. */
export function wishOf(url, arrivedBefore) {
  const { searchParams } = url
  const number = (name, otherwise) => Number(searchParams.get(name) ?? otherwise)
  const asked = [searchParams.get('mode'), url.pathname.split('/')[1]].find(isMode) ?? 'ok'
  const isOver = arrivedBefore >= number('times', Infinity)
  const then = searchParams.get('then')
  return {
    mode: isOver ? (isMode(then) ? then : 'ok') : asked,
    thinkMs: number('ms', 0),
    bytes: number('bytes', 64 * 1024 * 1024),
    retryAfterSeconds: number('seconds', 1),
  }
}
