import type { RandomBytes } from '#core/kernel/id'
import type { Clock } from '#core/kernel/time'
import type { Mailbox } from '../adapters/mail/mailbox'
import type { Deployments } from '../ports/deployments'
import type { Doorbells } from '../ports/doorbells'
import type { Ingress } from '../ports/ingress'
import type { Mailer } from '../ports/mailer'
import type { KeyCustodian } from '../ports/key-custodian'
import type { OutputStore } from '../ports/output-store'
import type { RateLimit } from '../ports/rate-limit'
import type { Shards } from '../ports/shards'
import type { SignInProviders } from '../ports/sign-in-provider'
import type { TraceBlocks } from '../ports/trace-blocks'
import type { Vault } from '../ports/vault'

/** What the composition root gives the API. */
export type AppDeps = {
  readonly db: D1Database
  readonly deployments: Deployments
  readonly doorbells: Doorbells
  readonly shards: Shards
  readonly ingress: Ingress
  readonly archive: Pick<TraceBlocks, 'read'>
  readonly outputs: OutputStore
  readonly vault: Vault
  readonly custodian: KeyCustodian
  readonly clock: Clock
  readonly randomBytes: RandomBytes
  /** The address of a webhook; a path is completed with the origin of the service. */
  readonly webhookUrl: (ref: string, slot: number) => Promise<string>
  /** Origin under which the service is reached; empty = whatever each request says. */
  readonly publicUrl: string
  /** Only development may use a session cookie over plain http. */
  readonly environmentName: 'development' | 'staging' | 'production'
  readonly version: string
  /** Requests that wait for their answers, for what can wait for them. */
  readonly requestsUnderWay: () => number
  /** Slows down guessing of passwords. */
  readonly signInLimit: RateLimit
  readonly signInProviders: SignInProviders
  readonly mailer: Mailer
  /** The letters of development; null everywhere else. */
  readonly mailbox: Mailbox | null
  readonly background: (work: Promise<unknown>) => void
  /** Told about what nobody foresaw; the caller only gets a request id. */
  readonly report: (error: unknown, requestId: string) => void
}
