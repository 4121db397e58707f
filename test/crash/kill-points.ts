/** When a process is killed: around which of its calls, and how. */
export type Kill = {
  readonly call: number
  /** The call was not made, or it was and its answer is lost. */
  readonly where: 'before' | 'after'
  /** `throw`: the call fails and its process lives on. `die`: the process is gone in the same moment. */
  readonly how: 'throw' | 'die'
}

const PLACES = ['before', 'after'] as const
const MANNERS = ['throw', 'die'] as const

/** Every nth of some kills. An n that shares no factor with their four manners meets all of these. */
export function shareOf<T>(kills: readonly T[], n: number): readonly T[] {
  return kills.filter((_, at) => at % n === 0)
}

/** Every way to kill at each of some calls. A read changes nothing: after it is as before it. */
export function everyKill(calls: readonly string[]): readonly (Kill & { readonly words: string })[] {
  return calls.flatMap((name, index) =>
    PLACES.filter((where) => where === 'before' || !name.includes(': sql SELECT')).flatMap((where) =>
      MANNERS.map((how) => ({ call: index + 1, where, how, words: `${how} ${where} call ${index + 1} (${name})` })),
    ),
  )
}

/** Whoever makes calls: an object, a runner, a sender. `die` ends it; what it does later reaches nobody. */
export type Process = { readonly name: string; readonly isDead: () => boolean; readonly die: () => void }

const LOST = 'Network connection lost.'

const never = <T>() => new Promise<T>(() => undefined)

/** Counts the calls that the processes of one deployment make to their platform, and kills at one of them. */
export class KillPoints {
  /** What was called, in order. */
  readonly calls: string[] = []
  /** How often the index was written. */
  indexWrites = 0
  hasKilled = false
  readonly #lines = new Set<() => void>()
  readonly #underWay = new Map<Process, number>()
  #kill: Kill | null = null
  #isArmed = false

  /** Calls under way; while there are any, time stands still. */
  get underWay(): number {
    return [...this.#underWay.values()].reduce((sum, count) => sum + count, 0)
  }

  arm(kill: Kill | null): void {
    this.#kill = kill
    this.#isArmed = true
  }

  disarm(): void {
    this.#isArmed = false
  }

  /** A call that answers at once. */
  now<T>(process: Process, name: string, call: () => T): T {
    if (process.isDead()) throw new Error(LOST)
    const hit = this.#count(process, name)
    if (hit === 'before') this.#strike(process)
    const answer = call()
    if (hit === 'after') this.#strike(process)
    return answer
  }

  /** A call that takes time; those of a dead process neither begin nor end. */
  async later<T>(process: Process, name: string, call: () => Promise<T>): Promise<T> {
    if (process.isDead()) return never()
    const hit = this.#count(process, name)
    return this.during(process, async () => {
      if (hit === 'before') this.#strike(process)
      const answer = await call()
      if (hit === 'after') this.#strike(process)
      return answer
    })
  }

  /** A call of an object over the network, which breaks when the object ends. */
  async overLine<T>(call: () => Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>()
    const cut = () => reject(new Error(LOST))
    this.#lines.add(cut)
    return Promise.race([call(), promise]).finally(() => this.#lines.delete(cut))
  }

  /** An object that the platform ended hears of none of its calls any more. */
  abandon(process: Process): void {
    this.#underWay.delete(process)
  }

  cutLines(): void {
    for (const cut of this.#lines) cut()
  }

  /** Work that is no call of its own, and for which time stands still all the same. */
  async during<T>(process: Process, work: () => Promise<T>): Promise<T> {
    this.#underWay.set(process, (this.#underWay.get(process) ?? 0) + 1)
    const outcome = await work().then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error }),
    )
    const others = (this.#underWay.get(process) ?? 0) - 1
    if (others > 0) this.#underWay.set(process, others)
    else this.#underWay.delete(process)
    if (process.isDead()) return never()
    if ('error' in outcome) throw outcome.error
    return outcome.answer
  }

  #count(process: Process, name: string): 'before' | 'after' | null {
    if (!this.#isArmed) return null
    this.calls.push(`${process.name}: ${name}`)
    return this.#kill?.call === this.calls.length ? this.#kill.where : null
  }

  #strike(process: Process): never {
    this.hasKilled = true
    if (this.#kill?.how === 'die') process.die()
    throw new Error(LOST)
  }
}

const byRef = new Map<string, KillPoints>()

/** The kill points of a deployment, by the ref in its objects' names. */
export function killPointsOf(ref: string): KillPoints {
  const known = byRef.get(ref)
  if (known !== undefined) return known
  const made = new KillPoints()
  byRef.set(ref, made)
  return made
}
