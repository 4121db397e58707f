import type { Mailer } from '../../ports/mailer'
import { AppError } from '../../services/app-error'

/** Letters through the platform's `send_email` binding, from one address of a domain that was set up for it. */
export function createEmailSender(
  binding: SendEmail,
  from: string,
  report: (event: string, facts: Readonly<Record<string, string>>) => void,
): Mailer {
  return {
    async send(mail) {
      try {
        await binding.send({ ...mail, from: { name: 'Millrace', email: from } })
      } catch (error) {
        report('mail_failed', { error: error instanceof Error ? error.message : 'unknown' })
        throw new AppError('mail_unavailable')
      }
    },
  }
}
