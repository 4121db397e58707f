/** What pressing one more key means: `run` a shortcut, wait for the rest of one (`pending`), or nothing. */
export type KeyMatch = { readonly run: string | null; readonly pending: readonly string[] }

/** Follows the keys pressed so far through shortcuts such as `j` or `g e`. A wrong second key starts over with itself. */
export function matchKeys(shortcuts: readonly string[], pressed: readonly string[], key: string): KeyMatch {
  const sequence = [...pressed, key].join(' ')
  if (shortcuts.includes(sequence)) return { run: sequence, pending: [] }
  if (shortcuts.some((shortcut) => shortcut.startsWith(`${sequence} `)))
    return { run: null, pending: [...pressed, key] }
  return pressed.length > 0 ? matchKeys(shortcuts, [], key) : { run: null, pending: [] }
}
