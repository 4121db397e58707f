import type { JsonObject } from '#core/kernel/json'
import { ok, type Result } from '#core/kernel/result'
import type { DeploymentConfig, ReleaseSummary } from '#core/model/deployment-config'
import type { Issue } from '#core/model/issue'
import { EndpointSpec, endpointPurpose } from '#core/release/endpoint-spec'
import { InputSchema } from '#core/triggers/input-schema'
import { validateInput } from '#core/triggers/validate-input'
import type { Vault } from '../ports/vault'

/** The doors of a release; null when its sealed values cannot be opened. */
export async function openEndpoint(
  vault: Vault,
  config: DeploymentConfig,
  release: ReleaseSummary,
): Promise<EndpointSpec | null> {
  const text = await vault.open(endpointPurpose(config), release.endpoint)
  return text === null ? null : EndpointSpec.parse(JSON.parse(text))
}

/** The input as the manual trigger's schema completes it, or what is wrong with it. */
export function checkInput(endpoint: EndpointSpec, input: JsonObject): Result<JsonObject, readonly Issue[]> {
  return endpoint.inputSchema === null ? ok(input) : validateInput(InputSchema.parse(endpoint.inputSchema), input)
}
