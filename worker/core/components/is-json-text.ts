const QUOTE = 0x22
const BACKSLASH = 0x5c
const LITERALS = ['true', 'false', 'null']
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const NUMBER_LENGTH_MAX = 300

const isSpace = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

/** Reads over JSON (RFC 8259) without making values of it: they may take many times the room of their text. */
class Scanner {
  readonly #text: string
  readonly #depthMax: number
  #at = 0

  constructor(text: string, depthMax: number) {
    this.#text = text
    this.#depthMax = depthMax
  }

  isWhole(): boolean {
    if (!this.#value(0)) return false
    this.#spaces()
    return this.#at === this.#text.length
  }

  #spaces(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++
  }

  #value(depth: number): boolean {
    this.#spaces()
    switch (this.#text[this.#at]) {
      case '{':
        return depth < this.#depthMax && this.#list('}', () => this.#member(depth))
      case '[':
        return depth < this.#depthMax && this.#list(']', () => this.#value(depth + 1))
      case '"':
        return this.#string()
      default:
        return this.#literal() || this.#number()
    }
  }

  #member(depth: number): boolean {
    this.#spaces()
    if (!this.#string()) return false
    this.#spaces()
    return this.#text[this.#at++] === ':' && this.#value(depth + 1)
  }

  /** Items up to the closing sign, which may follow the opening one at once. */
  #list(close: string, item: () => boolean): boolean {
    this.#at++
    this.#spaces()
    if (this.#text[this.#at] === close) return ++this.#at > 0
    for (;;) {
      if (!item()) return false
      this.#spaces()
      const sign = this.#text[this.#at++]
      if (sign === close) return true
      if (sign !== ',') return false
    }
  }

  #string(): boolean {
    if (this.#text.charCodeAt(this.#at) !== QUOTE) return false
    for (this.#at++; this.#at < this.#text.length;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === QUOTE) return ++this.#at > 0
      if (code === BACKSLASH) {
        ESCAPE.lastIndex = this.#at
        if (!ESCAPE.test(this.#text)) return false
        this.#at = ESCAPE.lastIndex
      } else if (code < 0x20) return false
      else this.#at++
    }
    return false
  }

  #literal(): boolean {
    const literal = LITERALS.find((word) => this.#text.startsWith(word, this.#at))
    if (literal !== undefined) this.#at += literal.length
    return literal !== undefined
  }

  /** A number that is not finite as a double has no value in JSON as we keep it. */
  #number(): boolean {
    NUMBER.lastIndex = this.#at
    if (!NUMBER.test(this.#text) || NUMBER.lastIndex - this.#at > NUMBER_LENGTH_MAX) return false
    const number = this.#text.slice(this.#at, NUMBER.lastIndex)
    this.#at = NUMBER.lastIndex
    return !/[eE]/.test(number) || Number.isFinite(Number(number))
  }
}

/** Whether a text is JSON that may be kept as it is: nested at most `depthMax` levels, every number finite. */
export function isJsonText(text: string, depthMax: number): boolean {
  return new Scanner(text, depthMax).isWhole()
}
