import type { Client } from '#core/contract/client'
import { clientWith, newOrganization, send } from './support'

/** What a document says, without the parts every test would repeat. */
export type Document = { readonly name: string; readonly stages: readonly object[]; readonly [key: string]: unknown }

/** An organization of its own. */
export async function newPlace() {
  const { key } = await newOrganization()
  const client = clientWith(key)
  return { key, client, deploy: (document: Document) => deployDocument(client, document) }
}

/** Creates a workflow and makes it live in production; its id and the path of its webhook, if it has one. */
export async function deployDocument(client: Client, document: Document) {
  const definition = { triggers: [{ type: 'manual' }], ...document }
  const created = await client.createWorkflow({ body: { definition } })
  if (!created.ok) throw new Error(JSON.stringify(created.problem))
  const workflowId = created.body.id
  const answer = await client.deployWorkflow({ body: { workflowId, environment: 'production' } })
  if (!answer.ok || !('deploymentId' in answer.body)) throw new Error(JSON.stringify(answer))
  const { webhookUrl } = answer.body
  return {
    workflowId,
    deploymentId: answer.body.deploymentId,
    webhookPath: webhookUrl === null ? '' : new URL(webhookUrl).pathname,
    start: async (input: Record<string, unknown> = {}, more: object = {}): Promise<string> => {
      const started = await client.runWorkflow({ body: { workflowId, input, ...more } })
      if (!started.ok) throw new Error(JSON.stringify(started.problem))
      return started.body.executionId
    },
  }
}

/** Reads an execution again and again until it stands as expected. */
export async function until(client: Client, id: string, isReached: (status: string) => boolean) {
  for (;;) {
    const seen = await client.getExecution({ params: { id } })
    if (!seen.ok) throw new Error(JSON.stringify(seen.problem))
    if (isReached(seen.body.status)) return seen.body
    await scheduler.wait(20)
  }
}

export const isEnded = (status: string) => ['completed', 'failed', 'cancelled', 'timed_out'].includes(status)
export const isWaiting = (status: string) => status === 'waiting'

/** The path of the link a logger printed, from the trace. */
export async function linkIn(client: Client, id: string): Promise<string> {
  const trace = await client.getTrace({ params: { id } })
  const found = /\/signal\/[^"\s]+/.exec(JSON.stringify(trace.ok ? trace.body : null))
  if (found === null) throw new Error('No link was printed.')
  return found[0].replace(/\\$/, '')
}

/** A form sent by the page behind a link. */
export function submit(path: string, fields: Record<string, string>): Promise<Response> {
  return send(path, { method: 'POST', headers: { accept: 'text/html' }, body: new URLSearchParams(fields) })
}
