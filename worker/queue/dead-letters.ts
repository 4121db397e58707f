/** A doorbell is acknowledged at once, so whatever arrives here was never delivered to us whole: it is told and let go. */
export function reportDeadLetters(
  batch: MessageBatch,
  report: (event: string, facts: Readonly<Record<string, string | number>>) => void,
): void {
  for (const message of batch.messages) {
    report('doorbell_dead', { queue: batch.queue, id: message.id, attempts: message.attempts })
    message.ack()
  }
}
