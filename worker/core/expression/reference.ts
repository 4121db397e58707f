/** Something an expression reads by name, known without evaluating it. */
export type Reference = {
  readonly kind: 'variable' | 'secret' | 'stage' | 'input' | 'execution' | 'trigger' | 'output' | 'item' | 'index'
  /** The variable, secret or stage; for the other kinds the first field read, or null when the whole is read. */
  readonly name: string | null
  /** `??` or `?.` stands right behind it: its absence is not an error. */
  readonly optional: boolean
  /** Characters before it in the string that holds the expression. */
  readonly at: number
  /** Of a variable or secret: what changes its text so that masking would not know it again, such as `substring()`. */
  readonly changedBy?: string
}
