import type * as z from 'zod'
import type { ErrorCode } from './errors'
import type { Scope } from './scopes'

/**
 * What the credentials must allow. `public`: no credentials · `member`: any valid ones · `owner`: an owner's session, no key ·
 * `deploy:{environment}`: the scope of the environment the call turns out to touch.
 */
export type OperationScope = Scope | 'public' | 'member' | 'owner' | 'deploy:{environment}'

/** One call of the API. Routes, OpenAPI, the client and the contract tests are all made from these. */
export type Operation = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `{name}` marks a parameter. */
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly scope: OperationScope
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** Every status it may answer with besides problems; null = no body. The first is the usual one. */
  readonly responses: Readonly<Record<number, z.ZodType | null>>
  /** What it may refuse with besides what every call of its kind may. */
  readonly refusals?: readonly ErrorCode[]
  /** The body may be left out; it then reads as {}. */
  readonly bodyOptional?: true
  /** Repeats are recognised by the operation itself, not by a stored answer. */
  readonly ownIdempotency?: true
}

/** Gives an entry of the table its exact type. */
export function defineOperation<const O extends Operation>(operation: O): O {
  return operation
}

type OutputOf<S> = S extends z.ZodType ? z.output<S> : undefined
type InputOf<S> = S extends z.ZodType ? z.input<S> : undefined

export type ParamsOf<O extends Operation> = OutputOf<O['params']>
export type QueryOf<O extends Operation> = OutputOf<O['query']>
export type BodyOf<O extends Operation> = OutputOf<O['body']>
export type QueryInputOf<O extends Operation> = InputOf<O['query']>
export type BodyInputOf<O extends Operation> = InputOf<O['body']>

/** The union of {status, body} an operation may answer with. */
export type AnswerOf<O extends Operation> = {
  [Status in keyof O['responses'] & number]: {
    readonly status: Status
    readonly body: O['responses'][Status] extends z.ZodType ? z.output<O['responses'][Status]> : null
  }
}[keyof O['responses'] & number]
