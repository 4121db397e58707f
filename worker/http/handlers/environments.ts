import { toIso } from '#core/kernel/time'
import {
  type EnvironmentView,
  listEnvironments,
  readValues,
  type ValueWish,
  writeValues,
} from '../../services/environments'
import type { SomeHandlers } from '../handler'

type Names = 'listEnvironments' | 'getVariables' | 'putVariables' | 'getSecrets' | 'putSecrets'

export const environmentHandlers: SomeHandlers<Names> = {
  async listEnvironments({ ctx }) {
    const items = (await listEnvironments(ctx)).map(({ id, name, isPrimary, revision, createdAt }) => ({
      id,
      name,
      primary: isPrimary,
      revision,
      createdAt: toIso(createdAt),
    }))
    return { status: 200, body: { items, nextCursor: null } }
  },
  async getVariables({ ctx, params }) {
    return { status: 200, body: variablesBody(await readValues(ctx, params.name, 'variable')) }
  },
  async putVariables({ ctx, params, body }) {
    const wishes = Object.fromEntries(
      Object.entries(body.variables).map(([name, given]) => [name, variableWish(given)]),
    )
    const view = await writeValues(ctx, params.name, 'variable', wishes)
    return { status: 200, body: { ...variablesBody(view), applied: view.applied } }
  },
  async getSecrets({ ctx, params }) {
    return { status: 200, body: secretsBody(await readValues(ctx, params.name, 'secret')) }
  },
  async putSecrets({ ctx, params, body }) {
    const wishes = Object.fromEntries(Object.entries(body.secrets).map(([name, given]) => [name, secretWish(given)]))
    const view = await writeValues(ctx, params.name, 'secret', wishes)
    return { status: 200, body: { ...secretsBody(view), applied: view.applied } }
  },
}

type Scalar = string | number | boolean

function variableWish(given: Scalar | null | { value: Scalar; secret?: boolean | undefined }): ValueWish {
  const { value, secret } = typeof given === 'object' && given !== null ? given : { value: given }
  return { value: value === null ? null : String(value), isSecret: secret }
}

function secretWish(given: string | null | { value: string; allowedHosts?: string[] | undefined }): ValueWish {
  return typeof given === 'object' && given !== null ? given : { value: given }
}

function variablesBody({ environment, values, shown }: EnvironmentView) {
  const variables = Object.fromEntries(
    values.map(({ name, isSecret, fingerprint, updatedAt }) => [
      name,
      {
        value: Object.hasOwn(shown, name) ? (shown[name] ?? null) : null,
        secret: isSecret,
        fingerprint,
        updatedAt: toIso(updatedAt),
      },
    ]),
  )
  return { environment: environment.name, version: environment.revision, variables }
}

/** Never values: a fingerprint tells whether one changed. */
function secretsBody({ values }: EnvironmentView) {
  const items = values.map(({ name, version, fingerprint, allowedHosts, updatedAt, updatedBy }) => ({
    name,
    version,
    fingerprint,
    allowedHosts: [...allowedHosts],
    updatedAt: toIso(updatedAt),
    updatedBy,
  }))
  return { items, nextCursor: null }
}
