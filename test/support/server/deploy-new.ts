import { randomUUID } from 'node:crypto'
import type { Answer, Caller } from './caller'

export type DeployedWorkflow = {
  readonly workflowId: string
  readonly deploymentId: string
  /** Path of its webhook, or empty. */
  readonly hook: string
  /** The whole answer to the deploy. */
  readonly deployed: Answer
}

/** Creates a workflow under a name of its own and deploys it; throws with the refusal when either is refused. */
export async function deployNew(
  call: Caller,
  definition: object,
  environment = 'development',
): Promise<DeployedWorkflow> {
  const name = `w-${randomUUID()}`
  const created = await call('POST', '/v1/workflows', { definition: { ...definition, name } })
  if (created.status !== 201) throw new Error(created.text)
  const workflowId = created.body.id as string
  const deployed = await call('POST', '/v1/workflows/deploy', { workflowId, environment })
  if (deployed.status !== 200) throw new Error(deployed.text)
  const { deploymentId, webhookUrl } = deployed.body as { deploymentId: string; webhookUrl: string | null }
  return { workflowId, deploymentId, deployed, hook: webhookUrl === null ? '' : new URL(webhookUrl).pathname }
}
