import type { ValueKind, ValueRow } from '../ports/environment-store'
import type { ServiceContext } from './service-context'

export type OpenedValues = {
  readonly variables: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
  /** What traces must not show, by name. */
  readonly masked: Readonly<Record<string, string>>
  /** The only hosts a secret may be sent to, for those that are bound. */
  readonly hosts: Readonly<Record<string, string[]>>
}

type Owner = { readonly organizationId: string; readonly environmentId: string }

/** Binds a sealed value to its place and its version, so that it opens nowhere else, and no older one in its stead. */
export function valuePurpose(owner: Owner, kind: ValueKind, name: string, version: number): string {
  return `${unversioned(owner, kind, name)}|${version}`
}

/** What values were bound to before they were bound to their version. */
function unversioned(owner: Owner, kind: ValueKind, name: string): string {
  return `${kind}|${owner.organizationId}|${owner.environmentId}|${name}`
}

async function openValue(ctx: ServiceContext, owner: Owner, { kind, name, version, sealed }: ValueRow) {
  const opened = await ctx.vault.open(valuePurpose(owner, kind, name, version), sealed)
  return opened ?? ctx.vault.open(unversioned(owner, kind, name), sealed)
}

/** Opens the named values of an environment; one that cannot be opened is left out, and what needs it fails (I7). */
export async function openValues(
  ctx: ServiceContext,
  environmentId: string,
  rows: readonly ValueRow[],
  named: { readonly variables: readonly string[]; readonly secrets: readonly string[] },
): Promise<OpenedValues> {
  const wanted = rows.filter((row) => (row.kind === 'secret' ? named.secrets : named.variables).includes(row.name))
  const owner = { organizationId: ctx.stores.organizationId, environmentId }
  const opened = await Promise.all(
    wanted.map(async (row) => ({
      row,
      value: await openValue(ctx, owner, row),
    })),
  )
  const known = opened.flatMap(({ row, value }) => (value === null ? [] : [{ row, entry: [row.name, value] as const }]))
  const pick = (condition: (row: ValueRow) => boolean) =>
    Object.fromEntries(known.filter(({ row }) => condition(row)).map(({ entry }) => entry))
  return {
    variables: pick((row) => row.kind === 'variable'),
    secrets: pick((row) => row.kind === 'secret'),
    masked: pick((row) => row.isSecret),
    hosts: Object.fromEntries(
      known.filter(({ row }) => row.allowedHosts.length > 0).map(({ row }) => [row.name, [...row.allowedHosts]]),
    ),
  }
}
