/** What a signal may be called: part of addresses and of links. */
export const SIGNAL_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

export const SIGNAL_NAME_RULE = 'A signal’s name starts with a letter and has at most 64 letters, digits, - or _.'
