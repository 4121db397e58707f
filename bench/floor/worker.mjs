// The two floors: what a request costs on this machine before Millrace does anything. Served by the same code, with the
// same bindings and sockets; the object takes the place of a shard, so that the configuration is Millrace's own.
import { DurableObject } from 'cloudflare:workers'
import { Hono } from 'hono'

export class ExecutionShard extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env)
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS accepted (id INTEGER PRIMARY KEY, body TEXT NOT NULL)')
  }

  insert(body) {
    const { id } = this.ctx.storage.sql.exec('INSERT INTO accepted (body) VALUES (?) RETURNING id', body).one()
    return { id }
  }
}

export class DeploymentObject extends DurableObject {}
export class OrganizationSlots extends DurableObject {}

const app = new Hono()
app.get('/health', (c) => c.json({ status: 'ok' }))
app.post('/empty', async (c) => c.json({ status: 'accepted', length: (await c.req.text()).length }))
app.post('/durable', async (c) => {
  const { id } = await c.env.SHARDS.getByName('floor').insert(await c.req.text())
  return c.json({ status: 'accepted', executionId: `exec_${id}` })
})

// oxlint-disable-next-line import/no-default-export -- the platform asks for one
export default {
  fetch: (request, env, ctx) => app.fetch(request, env, ctx),
  queue: () => undefined,
}
