import type { TargetEnvironment } from '#core/definition/check-environment'
import type { EnvironmentRow, ValueRow } from '../ports/environment-store'
import { AppError } from './app-error'
import type { ServiceContext } from './service-context'

/** What a document may count on in an environment. */
export function targetOf(environment: EnvironmentRow, values: readonly ValueRow[]): TargetEnvironment {
  const names = (kind: ValueRow['kind']) =>
    new Set(values.filter((value) => value.kind === kind).map((value) => value.name))
  return {
    name: environment.name,
    variables: names('variable'),
    secrets: names('secret'),
    secretVariables: new Set(
      values.flatMap(({ kind, isSecret, name }) => (kind === 'variable' && isSecret ? name : [])),
    ),
  }
}

/** The environment of that name, or 404. */
export async function findEnvironment(ctx: ServiceContext, name: string): Promise<EnvironmentRow> {
  const environment = await ctx.stores.environments.find(name)
  if (environment !== null) return environment
  const known = (await ctx.stores.environments.list()).map((row) => row.name)
  throw new AppError('environment_unknown', {
    detail: `There is no environment '${name}'; there are ${known.join(', ')}.`,
  })
}
