import { type DeadLetter, doorbellLetterId } from '#core/model/dead-letter'
import type { DeadLetterLog } from '../ports/dead-letter-log'
import type { Digest } from '../ports/digest'
import type { Shards } from '../ports/shards'
import { DoorbellMessageShape } from './doorbell-message'

export type DeadLetterDeps = {
  readonly shards: Shards
  readonly log: DeadLetterLog
  readonly digest: Digest
  readonly report: (event: string, facts: Readonly<Record<string, string | number>>) => void
}

const AGAIN_AFTER_S = 60

/**
 * Writes down the doorbells the queue gave up delivering, each in the list of the organization whose shard it is for. One
 * that cannot be read belongs to nobody: only the operator is told. What cannot be written now comes again; nothing is lost
 * with a doorbell in any case, because its shard rings again (4.5).
 */
export async function keepDeadLetters(batch: MessageBatch, deps: DeadLetterDeps): Promise<void> {
  await Promise.all(
    batch.messages.map(async (message) => {
      try {
        const letter = await letterOf(message, deps)
        const added = letter === null ? [message.id] : await deps.log.add([letter])
        for (const id of added) deps.report('dead_letter', { ...factsOf(letter), id, queue: batch.queue })
        message.ack()
      } catch (error) {
        deps.report('dead_letter_unwritten', { queue: batch.queue, id: message.id, error: String(error) })
        message.retry({ delaySeconds: AGAIN_AFTER_S })
      }
    }),
  )
}

function factsOf(letter: DeadLetter | null): Readonly<Record<string, string>> {
  return letter === null ? { kind: 'unreadable' } : { kind: letter.kind, organizationId: letter.organizationId }
}

/** Null for a message that names no shard of anybody. */
async function letterOf(message: Message, { shards, digest }: DeadLetterDeps): Promise<DeadLetter | null> {
  const doorbell = DoorbellMessageShape.safeParse(message.body)
  if (!doorbell.success) return null
  const { ref, shard } = doorbell.data
  const config = await shards(ref, shard).config()
  if (config === null) return null
  const { organizationId, workflowId, deploymentId, environment } = config
  const createdAt = message.timestamp.getTime()
  return {
    id: doorbellLetterId(createdAt, ref, shard, digest(message.id)),
    kind: 'doorbell',
    organizationId,
    workflowId,
    deploymentId,
    environment,
    shard,
    executionId: null,
    code: 'doorbell_undelivered',
    message: 'The queue gave up delivering a message for this deployment; its shard has rung again by itself.',
    stage: null,
    createdAt,
  }
}
