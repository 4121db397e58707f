/** Where running stages leave their events until the slice looks. One reader. */
export type Mailbox<Message> = {
  deliver(message: Message): void
  /** Makes the next wait throw: something broke that the reader has to know about. */
  fail(error: unknown): void
  wake(): void
  take(): readonly Message[]
  /** Resolves when something arrived or after `ms`. */
  wait(ms: number, sleep: (ms: number, signal?: AbortSignal) => Promise<void>): Promise<void>
}

export function createMailbox<Message>(): Mailbox<Message> {
  let messages: Message[] = []
  let failure: { readonly error: unknown } | null = null
  let awake = false
  let ring: () => void = () => undefined

  function wake(): void {
    awake = true
    ring()
  }

  return {
    deliver(message) {
      messages.push(message)
      wake()
    },
    fail(error) {
      failure = { error }
      wake()
    },
    wake,
    take() {
      const taken = messages
      messages = []
      return taken
    },
    async wait(ms, sleep) {
      if (!awake) {
        const timer = new AbortController()
        const rung = new Promise<void>((resolve) => {
          ring = resolve
        })
        await Promise.race([rung, sleep(ms, timer.signal)])
        timer.abort()
        ring = () => undefined
      }
      awake = false
      if (failure !== null) throw failure.error
    },
  }
}
