import type { BinaryOperator, Node } from './ast'
import type { SecretUse } from './functions/define-function'
import { FUNCTIONS } from './functions/index'

/** A variable or secret inside a value, and what was already done to it. */
type Carried = {
  /** Where its reference stands. */
  readonly at: number
  readonly isEncoded: boolean
  readonly isEscaped: boolean
  /** It is an item of a list, which as text is JSON. */
  readonly isListed: boolean
}

const WHOLE: ReadonlySet<BinaryOperator> = new Set(['??', '||', '&&'])
const COMPARING: ReadonlySet<BinaryOperator> = new Set(['==', '!='])

/**
 * Follows variables and secrets through one expression. What masking knows again is their text, once transcribed (base64)
 * and then escaped; components may escape it further, so that an expression may do either once.
 */
class ValueFollower {
  readonly changed = new Map<number, string>()

  /** What the value of a node carries. */
  follow(node: Node): readonly Carried[] {
    switch (node.type) {
      case 'literal':
      case 'root':
        return []
      case 'list':
        return node.items.flatMap((item) => this.follow(item)).map((one) => ({ ...one, isListed: true }))
      case 'index':
        return this.#followIndex(node)
      case 'call': {
        const use = FUNCTIONS.get(node.name)?.secretUse
        const carried = node.args.flatMap((argument) => this.follow(argument))
        return carried.flatMap((one) => this.#use(one, use, `${node.name}()`))
      }
      case 'unary':
        this.#drop(this.follow(node.operand), node.operator === '!' ? 'hidden' : undefined, node.operator)
        return []
      case 'binary':
        return this.#followBinary(node)
      case 'conditional':
        this.follow(node.test)
        return [...this.follow(node.yes), ...this.follow(node.no)]
    }
  }

  #followIndex({ object, key, at }: Extract<Node, { type: 'index' }>): readonly Carried[] {
    this.follow(key)
    if (object.type === 'root') {
      const isNamed = object.name === 'vars' || object.name === 'secrets'
      return isNamed ? [{ at, isEncoded: false, isEscaped: false, isListed: false }] : []
    }
    this.#drop(this.follow(object), undefined, key.type === 'literal' ? `[${JSON.stringify(key.value)}]` : '[…]')
    return []
  }

  #followBinary({ operator, left, right }: Extract<Node, { type: 'binary' }>): readonly Carried[] {
    const carried = [...this.follow(left), ...this.follow(right)]
    if (WHOLE.has(operator)) return carried
    if (operator === '+') return carried.flatMap((one) => this.#use(one, 'whole', operator))
    this.#drop(carried, COMPARING.has(operator) ? 'hidden' : undefined, operator)
    return []
  }

  #drop(carried: readonly Carried[], use: SecretUse | undefined, by: string): void {
    for (const one of carried) this.#use(one, use, by)
  }

  /** What becomes of it; nothing, once it is hidden or changed. */
  #use(one: Carried, use: SecretUse | undefined, by: string): readonly Carried[] {
    if (use === 'hidden') return []
    if (use === 'whole') return [{ ...one, isEscaped: one.isEscaped || one.isListed, isListed: false }]
    if (use === 'escaped' && !one.isEscaped) return [{ ...one, isEscaped: true, isListed: false }]
    if (use === 'encoded' && !one.isEncoded && !one.isEscaped && !one.isListed) return [{ ...one, isEncoded: true }]
    if (!this.changed.has(one.at)) this.changed.set(one.at, by)
    return []
  }
}

/**
 * The variables and secrets whose text an expression changes into what masking would not know again, by where they stand
 * in it, and what does it: `substring()`, `<`, `[0]`.
 */
export function changedValues(node: Node): ReadonlyMap<number, string> {
  const follower = new ValueFollower()
  follower.follow(node)
  return follower.changed
}
