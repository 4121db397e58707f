import { Hono } from 'hono'
import { API, type OperationName } from '#core/contract/api'
import type { Operation } from '#core/contract/operation'
import { readTraceParent } from '#core/components/trace-parent'
import { encodeBytes } from '#core/kernel/crockford'
import { HOPS_HEADER, readHops } from '#core/model/hops'
import { DEVELOPMENT_RATE_FACTOR, PLAN_LIMITS } from '#core/model/plan-limits'
import { sha256Hex } from '../adapters/crypto/digest'
import { oneTimeCodes } from '../adapters/crypto/one-time-codes'
import { createPasswords } from '../adapters/crypto/passwords'
import { createDeploymentProjection } from '../adapters/d1/deployment-projection'
import { createIdentityStore } from '../adapters/d1/identity-store'
import { createInvitationDesk } from '../adapters/d1/invitation-desk'
import { createLinkedIdentityStore } from '../adapters/d1/linked-identity-store'
import { createPersonStore } from '../adapters/d1/person-store'
import { createSecondFactorStore } from '../adapters/d1/second-factor-store'
import { createSignInFlowStore } from '../adapters/d1/sign-in-flow-store'
import { createStores } from '../adapters/d1/stores'
import { sleep } from '../adapters/timers/sleep'
import { createKeyFinder } from '../services/find-key'
import { createRateBuckets } from '../services/rate-buckets'
import { findSession } from '../services/sessions'
import { answerHeaders } from './answer-headers'
import type { AppDeps } from './app-deps'
import { bind, type Environment } from './bind'
import { addMailPage } from './mail-page'
import { docsPage } from './docs-page'
import { errorsPage } from './errors-page'
import type { Handler, Handlers } from './handler'
import { accountHandlers } from './handlers/account'
import { auditHandlers } from './handlers/audit'
import { deadLetterHandlers } from './handlers/dead-letters'
import { deliveryHandlers } from './handlers/deliveries'
import { deploymentHandlers } from './handlers/deployments'
import { environmentHandlers } from './handlers/environments'
import { executionHandlers } from './handlers/executions'
import { identityHandlers } from './handlers/identity'
import { organizationHandlers } from './handlers/organization'
import { ownIdentityHandlers } from './handlers/own-identities'
import { peopleHandlers } from './handlers/people'
import { projectHandlers } from './handlers/projects'
import { secondFactorHandlers } from './handlers/second-factor'
import { signInWithHandlers } from './handlers/sign-in-with'
import { signalHandlers } from './handlers/signals'
import { testRunHandlers } from './handlers/test-runs'
import { versionHandlers } from './handlers/versions'
import { workflowHandlers } from './handlers/workflows'
import { openApiDocument } from './openapi'
import { problemResponse } from './problem'
import { newRequestId } from './request-id'
import { toProblem } from './to-problem'

const HANDLERS: Handlers = {
  ...workflowHandlers,
  ...versionHandlers,
  ...deploymentHandlers,
  ...deliveryHandlers,
  ...executionHandlers,
  ...testRunHandlers,
  ...signalHandlers,
  ...deadLetterHandlers,
  ...environmentHandlers,
  ...identityHandlers,
  ...auditHandlers,
  ...accountHandlers,
  ...peopleHandlers,
  ...projectHandlers,
  ...organizationHandlers,
  ...secondFactorHandlers,
  ...signInWithHandlers,
  ...ownIdentityHandlers,
}

const PAGES = ['/health', '/docs', '/docs/errors', '/v1/openapi.json']

/** The API, its contract, the pages that explain it, and /health. Everything comes from the table of operations. */
export function createApp(deps: AppDeps): Hono {
  const app = new Hono()
  const environment = createEnvironment(deps)
  app.use(answerHeaders(deps.environmentName))
  app.onError((error) => toProblem(error, newRequestId(deps), deps.report))
  addPages(app, deps)
  for (const name of Object.keys(API) as OperationName[]) {
    const operation: Operation = API[name]
    app.on(
      operation.method,
      honoPath(operation.path),
      bind(environment, operation, HANDLERS[name] as unknown as Handler<Operation>),
    )
  }
  for (const path of methodsByPath().keys()) {
    app.all(path, (c) => {
      const requestId = newRequestId(deps)
      const allow = methodsAt(c.req.path).join(', ')
      return problemResponse('method_not_allowed', {
        requestId,
        detail: `This address answers ${allow}.`,
        headers: { allow },
      })
    })
  }
  app.notFound((c) =>
    problemResponse('route_unknown', { requestId: newRequestId(deps), detail: `There is no ${c.req.path} here.` }),
  )
  return app
}

function createEnvironment(deps: AppDeps): Environment {
  const { db, clock, randomBytes } = deps
  const identity = createIdentityStore(db)
  const projection = createDeploymentProjection(db)
  const accounts = {
    clock,
    randomBytes,
    digest: sha256Hex,
    identity,
    persons: createPersonStore(db),
    invitationDesk: createInvitationDesk(db),
    secondFactors: createSecondFactorStore(db),
    oneTimeCodes,
    linkedIdentities: createLinkedIdentityStore(db),
    signInFlows: createSignInFlowStore(db),
    signInProviders: deps.signInProviders,
    vault: deps.vault,
    auditOf: (organizationId: string) => createStores(db, { organizationId }).audit,
    mailer: deps.mailer,
    background: deps.background,
    originOf: (url: string) => originOf(deps, url),
    passwords: createPasswords({ clock, randomBytes, sleep, requestsUnderWay: deps.requestsUnderWay }),
    signInLimit: deps.signInLimit,
  }
  return {
    keys: createKeyFinder(accounts),
    findSession: (token) => findSession(accounts, token),
    countCall: callCounter(deps),
    environmentName: deps.environmentName,
    publicUrl: deps.publicUrl,
    accounts,
    report: deps.report,
    contextOf: (caller, request) => ({
      ...deps,
      ...traceOf(request),
      digest: sha256Hex,
      projection,
      caller,
      stores: createStores(db, { organizationId: caller.organizationId }),
      hops: readHops(request.headers.get(HOPS_HEADER)),
      webhookUrl: async (ref, slot) => new URL(await deps.webhookUrl(ref, slot), originOf(deps, request.url)).href,
    }),
  }
}

/** Calls by what they were made with: a key, or a session. */
function callCounter({ clock, environmentName }: AppDeps): Environment['countCall'] {
  const factor = environmentName === 'development' ? DEVELOPMENT_RATE_FACTOR : 1
  const { apiCallsPerWindow, apiWindowSeconds: windowSeconds } = PLAN_LIMITS
  const rule = { name: 'credential', quota: apiCallsPerWindow * factor, windowSeconds }
  const count = createRateBuckets(clock)
  return ({ via }) => count([{ key: via.kind === 'key' ? via.id : via.tokenHash, rule }])
}

function traceOf({ headers }: Request): { readonly traceparent?: string } {
  const traceparent = readTraceParent(headers.get('traceparent'))
  return traceparent === undefined ? {} : { traceparent }
}

function originOf(deps: AppDeps, requestUrl: string): string {
  return deps.publicUrl === '' ? new URL(requestUrl).origin : deps.publicUrl
}

function addPages(app: Hono, deps: AppDeps): void {
  let contract: string | null = null
  const nonce = () => encodeBytes(deps.randomBytes(16))
  app.get('/health', (c) => c.json({ status: 'ok', version: deps.version }))
  app.get('/docs', () => docsPage(nonce()))
  app.get('/docs/errors', () => errorsPage(nonce()))
  if (deps.mailbox !== null) addMailPage(app, deps.mailbox)
  app.get('/v1/openapi.json', (c) => {
    contract ??= JSON.stringify(
      openApiDocument({ version: deps.version, url: deps.publicUrl === '' ? '/' : deps.publicUrl }),
    )
    return c.body(contract, 200, { 'content-type': 'application/json' })
  })
}

/** `/v1/x/{id}` as Hono writes it. */
function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}

/** What an address answers: `/v1/workflows/run` also is that of a workflow by this id. */
function methodsAt(address: string): readonly string[] {
  const isAddress = (path: string) => new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`).test(address)
  return [...new Set([...methodsByPath()].flatMap(([path, methods]) => (isAddress(path) ? methods : [])))]
}

function methodsByPath(): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>(PAGES.map((path) => [path, ['GET']]))
  for (const { path, method } of Object.values<Operation>(API)) {
    const key = honoPath(path)
    methods.set(key, [...(methods.get(key) ?? []), method])
  }
  return methods
}
