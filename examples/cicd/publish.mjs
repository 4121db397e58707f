const environment = 'development'

const secrets = {
  GITHUB_TOKEN: 'github-token-of-the-example',
  K8S_TOKEN: 'kubernetes-token-of-the-example',
  SLACK_WEBHOOK: 'https://hooks.slack.com/services/T000/B000/of-the-example',
}

/** Sets the pipeline's secrets, saves it as the draft of its name and deploys it; answers the workflow's id. */
export async function publish(call, definition) {
  await call('PUT', `/v1/environments/${environment}/secrets`, { secrets })
  const workflowId = await save(call, definition)
  await call('POST', '/v1/workflows/deploy', { workflowId, environment })
  return workflowId
}

async function save(call, definition) {
  const created = await call('POST', '/v1/workflows', { definition }, { unless: 409 })
  if (created) return created.id
  const { items } = await call('GET', '/v1/workflows?limit=200')
  const { id, revision } = items.find(({ name }) => name === definition.name)
  await call('PUT', `/v1/workflows/${id}`, { definition, revision })
  return id
}
