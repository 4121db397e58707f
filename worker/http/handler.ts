import type { Api, OperationName } from '#core/contract/api'
import type { AnswerOf, BodyOf, Operation, ParamsOf, QueryOf } from '#core/contract/operation'
import type { RateLimit } from '../ports/rate-limit'
import type { AccountDeps } from '../services/accounts'
import type { KeyFinder } from '../services/find-key'
import type { ServiceContext } from '../services/service-context'
import type { CookiePolicy } from './session-cookie'

/** What a handler knows of its call, parsed. */
type Inputs<O extends Operation> = {
  readonly params: ParamsOf<O>
  readonly query: QueryOf<O>
  readonly body: BodyOf<O>
  readonly request: Request
  readonly cookie: CookiePolicy
  readonly idempotencyKey: string | null
  /** Hash of method, path and body as they came. */
  readonly fingerprint: string
  readonly accounts: AccountDeps & {
    readonly signInLimit: RateLimit
    /** The origin under which people reach this service. */
    readonly originOf: (requestUrl: string) => string
  }
  readonly keys: KeyFinder
}

/** Calls without credentials have no context: nobody's stores can be reached. */
export type Call<O extends Operation> = Inputs<O> &
  (O['scope'] extends 'public' ? object : { readonly ctx: ServiceContext })

export type HandlerAnswer<O extends Operation> = AnswerOf<O> & { readonly headers?: Readonly<Record<string, string>> }

export type Handler<O extends Operation> = (call: Call<O>) => Promise<HandlerAnswer<O>>

/** One handler for every operation of the table, or the program does not compile. */
export type Handlers = { readonly [K in OperationName]: Handler<Api[K]> }

/** The handlers of some operations, checked one by one. */
export type SomeHandlers<K extends OperationName> = { readonly [N in K]: Handler<Api[N]> }
