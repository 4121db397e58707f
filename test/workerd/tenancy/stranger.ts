import { API, type OperationName } from '#core/contract/api'
import type { Operation } from '#core/contract/operation'
import { deployed } from '../api/deployed'
import { newKey, send } from '../api/support'
import { type Place, sampleOf } from './places'
import { EVERY_SCOPE } from './victim'

/** What takes one's own things away comes last. */
const isLast = ({ method, path }: Operation) => method === 'DELETE' || /sign-out|undeploy|password/.test(path)

/** Every operation, in an order in which each still finds things of one's own. */
export const OPERATIONS = (Object.entries<Operation>(API) as [OperationName, Operation][]).toSorted(
  ([, one], [, other]) => Number(isLast(one)) - Number(isLast(other)),
)

/** Who tries: an organization with things of its own and credentials that may do everything there. */
export async function newStranger() {
  const place = await deployed('development')
  const key = await newKey(place.session, EVERY_SCOPE, { name: 'stranger' })
  const run = await place.client.runWorkflow({
    body: { workflowId: place.workflowId, input: { customerId: 'c' }, wait: true },
  })
  const keys = await place.client.listKeys({})
  const project = await place.client.createProject({ body: { name: 'own' } })
  const projectId = project.ok ? project.body.id : ''
  const own: Readonly<Record<string, unknown>> = {
    workflowId: place.workflowId,
    projectId,
    environment: 'development',
    definition: documentOf(place.workflowId),
    revision: 1,
    v: 'v1',
    a: 'v1',
    b: 'v1',
    scopes: ['workflows:read'],
    variables: { OWN: 'x' },
    secrets: { OWN: 'long enough' },
    items: [{}],
    shards: 1,
    password: 'correct horse battery',
    workflows: place.workflowId,
    deployments: place.deployment.deploymentId,
    executions: run.ok ? run.body.executionId : '',
    keys: keys.ok ? keys.body.items.at(-1)?.id : '',
    environments: 'development',
    projects: projectId,
  }
  return { ...place, key, own }
}

export type Stranger = Awaited<ReturnType<typeof newStranger>>

/** A document whose members name things: another workflow, a variable, a secret, where it may be deployed. */
function documentOf(workflowId: string) {
  return {
    name: 'reaching',
    description: 'x',
    environment: ['development'],
    triggers: [{ type: 'manual' }],
    stages: [
      { id: 'child', component: 'workflow', config: { workflow: workflowId, input: {} } },
      { id: 'text', component: 'transform', config: { value: '{{ vars.OWN }} {{ secrets.OWN }}' } },
    ],
  }
}

let fresh = 0

/** A call of the operation with things of one's own, and `value` at `place`. */
export function callOf(operation: Operation, own: Readonly<Record<string, unknown>>, place: Place, value: unknown) {
  const noun = operation.path.split('/')[2] ?? ''
  const ownIn = (part: string) => (name: string) => {
    if (part === 'params' && (name === 'id' || name === 'name')) return own[noun] ?? 'none'
    if (name === 'name') return `own-${fresh++}`
    if (name === 'email') return `own-${fresh++}@example.com`
    return own[name]
  }
  const read = (part: Place['part']) => {
    const schema = operation[part]
    if (schema === undefined) return undefined
    return sampleOf(schema, ownIn(part), place.part === part ? { path: place.path, value } : undefined)
  }
  const params = (read('params') ?? {}) as Record<string, unknown>
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))
  const query = Object.entries((read('query') ?? {}) as Record<string, unknown>)
  const search = query.length === 0 ? '' : `?${new URLSearchParams(query.map(([k, v]) => [k, String(v)])).toString()}`
  return { path: path + search, body: read('body') }
}

/** Sends a call with some credentials. */
export async function sendCall(
  method: string,
  { path, body }: { readonly path: string; readonly body?: unknown },
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await send(path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, text: `${JSON.stringify([...answer.headers])}\n${await answer.text()}` }
}
