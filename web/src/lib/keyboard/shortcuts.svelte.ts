import { SvelteMap } from 'svelte/reactivity'
import { matchKeys } from './match-keys.ts'

export type Shortcut = { readonly keys: string; readonly text: string; readonly run: () => void }

const SEQUENCE_MS = 1_200

/** Whose keys are not ours. Only while open: what was focused in a dialog stays so for a moment after it has closed. */
const OTHERS = 'input, textarea, select, [contenteditable], dialog[open], [popover]:popover-open'

/** The keyboard shortcuts of what is on screen. */
class Shortcuts {
  readonly all = new SvelteMap<string, Shortcut>()
  #pressed: readonly string[] = []
  #pressedAt = 0

  /** Adds shortcuts; answers how to take them away again. The last to claim a key has it. */
  add(...shortcuts: readonly Shortcut[]): () => void {
    for (const shortcut of shortcuts) this.all.set(shortcut.keys, shortcut)
    return () => {
      for (const shortcut of shortcuts) {
        if (this.all.get(shortcut.keys) === shortcut) this.all.delete(shortcut.keys)
      }
    }
  }

  /** Follows a key press; leaves alone what is typed into fields, and what belongs to the browser or an open dialog. */
  press(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    const target = event.target as HTMLElement
    if (target.closest(OTHERS) !== null) return
    const isLate = event.timeStamp - this.#pressedAt > SEQUENCE_MS
    const match = matchKeys([...this.all.keys()], isLate ? [] : this.#pressed, event.key)
    this.#pressed = match.pending
    this.#pressedAt = event.timeStamp
    if (match.run === null) return
    event.preventDefault()
    this.all.get(match.run)?.run()
  }
}

export const shortcuts = new Shortcuts()
