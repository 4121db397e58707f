import type { Hono } from 'hono'
import { toIso } from '#core/kernel/time'
import type { Mailbox } from '../adapters/mail/mailbox'

/** `GET /dev/mail?to=`: the letters of development, the newest first. Letters hold tokens: this is never served elsewhere. */
export function addMailPage(app: Hono, mailbox: Mailbox): void {
  app.get('/dev/mail', (c) => {
    const to = c.req.query('to')
    const letters = mailbox.list().filter((mail) => to === undefined || mail.to === to)
    return c.json({ items: letters.map(({ at, ...mail }) => ({ ...mail, at: toIso(at) })), nextCursor: null })
  })
}
