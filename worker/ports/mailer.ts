export type Mail = { readonly to: string; readonly subject: string; readonly text: string }

/** Sends letters. Rejects with `mail_unavailable` when this service cannot send any, or when it did not work. */
export type Mailer = { send(mail: Mail): Promise<void> }
