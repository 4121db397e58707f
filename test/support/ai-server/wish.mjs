import { modes } from './modes.mjs'

function parsed(text) {
  const [mode, query = ''] = String(text ?? '').split('?')
  return { mode, options: new URLSearchParams(query) }
}

/** How a question is answered: as the first of some places says that names a mode; `ok` when none does. */
export function wishOf(places, askedBefore) {
  const told = places.map(parsed).find(({ mode }) => Object.hasOwn(modes, mode)) ?? parsed('ok')
  const isOver = askedBefore >= Number(told.options.get('times') ?? Infinity)
  return { mode: isOver ? 'ok' : told.mode, retryAfterSeconds: Number(told.options.get('seconds') ?? 1) }
}
