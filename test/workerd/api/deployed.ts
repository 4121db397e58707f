import { expect } from 'vitest'
import { clientWith, newOrganization, sampleDefinition } from './support'

/** A new organization whose sample workflow is live in one environment. */
export async function deployed(environment = 'production') {
  const organization = await newOrganization()
  const client = clientWith(organization.key)
  const created = await client.createWorkflow({ body: { definition: sampleDefinition('customer-onboarding') } })
  if (!created.ok) throw new Error(JSON.stringify(created.problem))
  const workflowId = created.body.id
  const answer = await client.deployWorkflow({ body: { workflowId, environment } })
  if (!answer.ok || !('deploymentId' in answer.body)) throw new Error(JSON.stringify(answer))
  return { ...organization, client, workflow: created.body, workflowId, deployment: answer.body }
}

export type Place = Awaited<ReturnType<typeof deployed>>

/** The draft with `by` set to another word, saved and deployed as the next version. */
export async function deployNext(place: Place, by: string, revision: number, version?: string) {
  const definition = sampleDefinition('customer-onboarding')
  definition.stages[0]!.config.value.by = by
  const saved = await place.client.saveWorkflow({ params: { id: place.workflowId }, body: { definition, revision } })
  expect(saved.ok).toBe(true)
  const body = {
    workflowId: place.workflowId,
    environment: 'production',
    ...(version === undefined ? {} : { version }),
  }
  const answer = await place.client.deployWorkflow({ body })
  if (!answer.ok || !('deploymentId' in answer.body)) throw new Error(JSON.stringify(answer))
  return answer.body
}

/** Runs the sample with a valid input and waits for its end. */
export const run = (place: Place, more: object = {}) =>
  place.client.runWorkflow({ body: { workflowId: place.workflowId, input: { customerId: 'c1' }, wait: true, ...more } })
