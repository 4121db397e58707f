import * as z from 'zod'
import { PLAN_LIMITS } from '#core/model/plan-limits'
import type { WorkersAi } from './adapters/net/workers-ai'
import type { DoorbellMessage } from './adapters/queue/doorbells'
import type { DeploymentObject } from './objects/deployment-object'
import type { ExecutionShard } from './objects/execution-shard'
import type { OrganizationSlots } from './objects/organization-slots'

/** What the platform binds to the Worker. Only index.ts and the objects see it; everything else gets what it needs as arguments. */
export type Bindings = {
  readonly DB: D1Database
  readonly BUCKET: R2Bucket
  readonly DEPLOYMENTS: DurableObjectNamespace<DeploymentObject>
  readonly SHARDS: DurableObjectNamespace<ExecutionShard>
  readonly SLOTS: DurableObjectNamespace<OrganizationSlots>
  readonly DOORBELLS_0: Queue<DoorbellMessage>
  readonly DOORBELLS_1: Queue<DoorbellMessage>
  readonly DOORBELLS_2: Queue<DoorbellMessage>
  readonly DOORBELLS_3: Queue<DoorbellMessage>
  readonly LOADER: WorkerLoader
  /** Workers AI; optional, and never there locally. */
  readonly AI?: WorkersAi
  readonly SHIELD: RateLimit
  readonly SIGN_IN_SHIELD: RateLimit
  /** Sends letters; not bound in development. */
  readonly EMAIL?: SendEmail
  readonly ASSETS: Fetcher
} & Readonly<Record<keyof z.input<typeof Settings>, string | undefined>>

/** Empty, or scheme, host and port and nothing else. */
function isOrigin(text: string): boolean {
  return text === '' || (URL.canParse(text) && new URL(text).origin === text.replace(/\/$/, ''))
}

const Settings = z.object({
  ENVIRONMENT: z.enum(['development', 'staging', 'production']),
  PUBLIC_URL: z.string().default(''),
  /** Where webhooks are called, when that is another host name than people's (security.md). */
  HOOKS_URL: z.string().refine(isOrigin, 'HOOKS_URL must be an origin, as https://hooks.example.com').default(''),
  /** Who letters come from: an address of a domain set up for sending. */
  MAIL_FROM: z.string().default(''),
  /** Accounts elsewhere that people sign in with, each set together with its secret (identity.md). */
  GITHUB_CLIENT_ID: z.string().default(''),
  GITHUB_CLIENT_SECRET: z.string().default(''),
  GOOGLE_CLIENT_ID: z.string().default(''),
  GOOGLE_CLIENT_SECRET: z.string().default(''),
  SESSION_KEY: z.string().min(16, 'SESSION_KEY must be at least 16 characters'),
  /** The master key, version 1; or several versions in MASTER_KEYS (secrets.md). */
  MASTER_KEY: z.string().default(''),
  MASTER_KEYS: z.string().default(''),
  AI_BASE_URL: z.string().default(''),
  AI_API_KEY: z.string().default(''),
  AI_GATEWAY_ACCOUNT_ID: z.string().default(''),
  AI_GATEWAY_ID: z.string().default(''),
  AI_GATEWAY_TOKEN: z.string().default(''),
  AI_GATEWAY_API_KEY: z.string().default(''),
  /** How long a queue consumer stays with the slices it runs before it leaves them to waitUntil (platform-assumptions.md). */
  DOORBELL_HOLD_MS: z.coerce.number().int().min(0),
  /** Executions a shard accepts per second before it asks for more shards; 0 = never (performance.md). */
  GROW_AT_ACCEPTS_PER_SECOND: z.coerce.number().min(0).default(200),
  /** Executions of an organization that may run or wait at once, beside one of each shard (limits.md). */
  RUNNING_PER_ORGANIZATION: z.coerce.number().int().min(1).default(PLAN_LIMITS.runningPerOrganization),
  /** The instant the database was set back to, once it had to be: what the index lost since is told again (storage.md). */
  REINDEX_SINCE: z.union([z.literal(''), z.iso.datetime({ offset: true })]).default(''),
  /** A resolver by DNS over HTTPS that is asked about every host that is called (egress.md). */
  EGRESS_DOH_URL: z.string().default(''),
  MILLRACE_DEV_ALLOW_HOSTS: z.string().default(''),
  MILLRACE_DEV_HOST_MAP: z.string().default(''),
})

export type Settings = z.output<typeof Settings>

/** Parses the variables of the environment; a bad one stops the Worker with its name, never its value. */
export function readSettings(bindings: Bindings): Settings {
  const parsed = Settings.safeParse(bindings)
  if (parsed.success) return parsed.data
  const names = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`The Worker's variables are not usable: ${names.join('; ')}`)
}
