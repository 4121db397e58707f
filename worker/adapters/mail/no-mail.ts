import type { Mailer } from '../../ports/mailer'
import { AppError } from '../../services/app-error'

/** For a service that was not told how to send letters, or where its links lead. */
export const noMail: Mailer = {
  send: () =>
    Promise.reject(
      new AppError('mail_unavailable', {
        detail: 'This service sends no mail: it lacks EMAIL, MAIL_FROM or PUBLIC_URL.',
      }),
    ),
}
