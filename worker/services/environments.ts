import type { EnvironmentRow, ValueChange, ValueKind, ValueRow } from '../ports/environment-store'
import { AppError } from './app-error'
import { type Applied, applyConfiguration } from './apply-configuration'
import { requireEnvironment } from './caller'
import { openValues, valuePurpose } from './open-values'
import { recordAudit } from './record-audit'
import { recordRead } from './record-read'
import type { ServiceContext } from './service-context'
import { findEnvironment } from './target-environment'

/** Each lost race means that somebody else changed a value. */
const TRIES_MAX = 20

export type EnvironmentView = {
  readonly environment: EnvironmentRow
  readonly values: readonly ValueRow[]
  /** Values that may be shown: variables that are not marked secret. */
  readonly shown: Readonly<Record<string, string>>
}

/** `value: null` deletes. What is absent stays as it is stored; of a new name it is the default. */
export type ValueWish = {
  readonly value: string | null
  readonly isSecret?: boolean | undefined
  readonly allowedHosts?: readonly string[] | undefined
}

export function listEnvironments(ctx: ServiceContext): Promise<readonly EnvironmentRow[]> {
  return ctx.stores.environments.list()
}

/** The variables or the secrets of an environment, in order of their names. */
export async function readValues(ctx: ServiceContext, name: string, kind: ValueKind): Promise<EnvironmentView> {
  requireEnvironment(ctx.caller, name)
  const environment = await findEnvironment(ctx, name)
  if (kind === 'secret') await recordRead(ctx, 'secret.listed', name)
  const values = (await ctx.stores.environments.values(environment.id)).filter((row) => row.kind === kind)
  const open = values.filter((row) => !row.isSecret).map((row) => row.name)
  const opened = await openValues(ctx, environment.id, values, { variables: open, secrets: [] })
  return { environment, values, shown: opened.variables }
}

/** Sets the named values, and releases every deployment that names one of them again. */
export async function writeValues(
  ctx: ServiceContext,
  name: string,
  kind: ValueKind,
  wishes: Readonly<Record<string, ValueWish>>,
): Promise<EnvironmentView & { readonly applied: Applied }> {
  requireEnvironment(ctx.caller, name)
  const names = Object.keys(wishes)
  if (names.length === 0) return { ...(await readValues(ctx, name, kind)), applied: { done: 0, pending: 0 } }
  await changeValues(ctx, name, kind, wishes)
  await recordAudit(ctx, `${kind}.changed`, name, { names })
  const applied = await applyConfiguration(ctx, name, kind, names)
  return { ...(await readValues(ctx, name, kind)), applied }
}

/** A value is sealed for the version it becomes: when somebody else was faster, that is another one. */
async function changeValues(
  ctx: ServiceContext,
  name: string,
  kind: ValueKind,
  wishes: Readonly<Record<string, ValueWish>>,
): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const environment = await findEnvironment(ctx, name)
    const values = await ctx.stores.environments.values(environment.id)
    const stored = (key: string) => values.find((row) => row.kind === kind && row.name === key)
    const changes = await Promise.all(
      Object.entries(wishes).map(([key, wish]) => toChange(ctx, environment, { kind, key, stored: stored(key) }, wish)),
    )
    const by = { actor: ctx.caller.actor, at: ctx.clock(), revision: environment.revision }
    if (await ctx.stores.environments.apply(environment.id, kind, changes, by)) return
  }
  throw new AppError('superseded')
}

/** A new value is as protected as the one before it, unless the wish says otherwise. */
async function toChange(
  ctx: ServiceContext,
  environment: EnvironmentRow,
  { kind, key, stored }: { readonly kind: ValueKind; readonly key: string; readonly stored: ValueRow | undefined },
  wish: ValueWish,
): Promise<ValueChange> {
  const { value } = wish
  const version = (stored?.version ?? 0) + 1
  const owner = { organizationId: ctx.stores.organizationId, environmentId: environment.id }
  return {
    name: key,
    version,
    sealed: value === null ? null : await ctx.vault.seal(valuePurpose(owner, kind, key, version), value),
    isSecret: kind === 'secret' || (wish.isSecret ?? stored?.isSecret ?? false),
    fingerprint: value === null ? '' : await fingerprintOf(ctx, environment, key, value),
    allowedHosts: wish.allowedHosts ?? stored?.allowedHosts ?? [],
  }
}

/** Tells two values of one name apart without telling either; another organization gets another one for the same. */
function fingerprintOf(ctx: ServiceContext, { id }: EnvironmentRow, name: string, value: string): Promise<string> {
  return ctx.custodian.fingerprint(ctx.stores.organizationId, id, name, value)
}
