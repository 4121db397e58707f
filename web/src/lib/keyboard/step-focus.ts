/** Moves the focus to the next (1) or previous (-1) element that matches, and shows it. The first when none has it. */
export function stepFocus(selector: string, step: 1 | -1): void {
  const elements = [...document.querySelectorAll<HTMLElement>(selector)]
  const current = elements.findIndex((element) => element.contains(document.activeElement))
  const next = current === -1 ? 0 : Math.min(elements.length - 1, Math.max(0, current + step))
  elements[next]?.focus()
  elements[next]?.scrollIntoView({ block: 'nearest' })
}
