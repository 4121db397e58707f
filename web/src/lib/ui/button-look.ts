const LOOKS = {
  primary: 'border-accent bg-accent text-accent-ink hover:opacity-90',
  danger: 'border-failed bg-failed text-panel hover:opacity-90',
  plain: 'border-line-strong bg-panel text-ink hover:bg-hover',
  quiet: 'border-transparent text-ink-soft hover:bg-hover hover:text-ink',
}

export type ButtonLook = keyof typeof LOOKS

/** The classes of a button, and of a link that looks like one. */
export function buttonLook(look: ButtonLook): string {
  return `inline-flex h-8 items-center justify-center gap-1.5 rounded-control border px-3 text-table font-medium whitespace-nowrap transition-colors disabled:opacity-60 pointer-coarse:h-10 ${LOOKS[look]}`
}
