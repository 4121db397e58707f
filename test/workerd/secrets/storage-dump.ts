import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

type Row = Record<string, unknown>

const cell = (value: unknown) =>
  value instanceof ArrayBuffer || Array.isArray(value) ? new TextDecoder().decode(new Uint8Array(value)) : String(value)
const lines = (place: string, rows: readonly Row[]) =>
  rows.map(
    (row) =>
      `${place} ${Object.entries(row)
        .map(([name, value]) => `${name}=${cell(value)}`)
        .join('\n')}`,
  )

/** Every cell of every table in D1, one text a row. */
export async function databaseRows(): Promise<readonly string[]> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
  ).all<{ name: string }>()
  const tables = await Promise.all(
    results.map(async ({ name }) =>
      lines(`D1 ${name}`, (await env.DB.prepare(`SELECT * FROM "${name}"`).all<Row>()).results),
    ),
  )
  return tables.flat()
}

/** Every object in the bucket, with its key and what is kept beside it. */
export async function bucketObjects(): Promise<readonly string[]> {
  const texts: string[] = []
  let cursor: string | undefined
  do {
    const page = await env.BUCKET.list({
      ...(cursor === undefined ? {} : { cursor }),
      include: ['customMetadata', 'httpMetadata'],
    })
    for (const { key, customMetadata } of page.objects) {
      const body = await (await env.BUCKET.get(key))?.text()
      texts.push(`R2 ${key} ${JSON.stringify(customMetadata)} ${body}`)
    }
    cursor = page.truncated ? page.cursor : undefined
  } while (cursor !== undefined)
  return texts
}

/** Every cell of every table of every Durable Object. */
export async function objectRows(): Promise<readonly string[]> {
  const texts: string[] = []
  for (const namespace of [env.DEPLOYMENTS, env.SHARDS, env.SLOTS]) {
    for (const id of await listDurableObjectIds(namespace as DurableObjectNamespace)) {
      const stub = (namespace as DurableObjectNamespace).get(id)
      const rows = await runInDurableObject(stub, (_object, state) => {
        const { sql } = state.storage
        const tables = sql
          .exec<{ name: string }>(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
          )
          .toArray()
        return tables.flatMap(({ name }) =>
          lines(`DO ${id.name ?? ''} ${name}`, sql.exec(`SELECT * FROM "${name}"`).toArray()),
        )
      })
      texts.push(...rows)
    }
  }
  return texts
}
