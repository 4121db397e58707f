import type { Mail, Mailer } from '../../ports/mailer'

const KEPT_MAX = 200

export type KeptMail = Mail & { readonly at: number }

/** Keeps the letters that would have been sent, for development: the newest first, until the isolate ends. */
export type Mailbox = Mailer & { list(): readonly KeptMail[] }

export function createMailbox(clock: () => number): Mailbox {
  const kept: KeptMail[] = []
  return {
    send(mail) {
      kept.unshift({ ...mail, at: clock() })
      kept.splice(KEPT_MAX)
      return Promise.resolve()
    },
    list: () => [...kept],
  }
}
