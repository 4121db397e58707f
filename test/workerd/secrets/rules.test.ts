import { createHash } from 'node:crypto'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { isEnded, isWaiting, newPlace, until } from '../api/deploy-document'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const production = { params: { name: 'production' } }
const OLD = 'the old value of it'
const NEW = 'the new value of it'

describe('a secret', () => {
  it.for(['', 'a', '1234567'])('of fewer than eight characters, "%s", is refused (S-03)', async (TOKEN) => {
    const { client } = await newPlace()
    for (const given of [TOKEN, { value: TOKEN, allowedHosts: [] }]) {
      const answer = await client.putSecrets({ ...production, body: { secrets: { TOKEN: given } } })
      expect(answer).toMatchObject({
        status: 422,
        problem: { issues: [{ path: expect.stringMatching(/^\/secrets\/TOKEN/) }] },
      })
      expect(!answer.ok && JSON.stringify(answer.problem)).toContain('at least 8 characters')
    }
    expect(await client.getSecrets(production)).toMatchObject({ body: { items: [] } })
  })

  it('is never told again: only its version, hosts and fingerprint (S-07, T-27)', async () => {
    const { client } = await newPlace()
    const put = (value: string) =>
      client.putSecrets({ ...production, body: { secrets: { TOKEN: { value, allowedHosts: ['a.example'] } } } })
    const seen = [await put(OLD), await put(OLD), await put(NEW), await client.getSecrets(production)]
    const items = seen.map((answer) => (answer.ok ? answer.body.items[0] : undefined))
    expect(items.map((item) => item?.version)).toEqual([1, 2, 3, 3])
    expect(items[0]).toMatchObject({
      name: 'TOKEN',
      allowedHosts: ['a.example'],
      fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/),
    })
    expect(items[1]?.fingerprint).toBe(items[0]?.fingerprint)
    expect(items[2]?.fingerprint).not.toBe(items[0]?.fingerprint)
    expect(JSON.stringify(seen)).not.toContain('value of it')
  })

  it('has another fingerprint in another organization, in another environment, and under another name', async () => {
    const [one, other] = [await newPlace(), await newPlace()]
    const secrets = { TOKEN: OLD, OTHER: OLD }
    const prints = await Promise.all(
      [
        one.client.putSecrets({ ...production, body: { secrets } }),
        one.client.putSecrets({ params: { name: 'staging' }, body: { secrets } }),
        other.client.putSecrets({ ...production, body: { secrets } }),
      ].map(async (put) => {
        const answer = await put
        return answer.ok ? answer.body.items.map(({ fingerprint }) => fingerprint) : []
      }),
    )
    expect(new Set(prints.flat()).size).toBe(6)
  })

  it('that many set at once has one version each, and the last can be read', async () => {
    const { client, deploy } = await newPlace()
    const values = Array.from({ length: 6 }, (_, n) => `value number ${n}`)
    await Promise.all(values.map((TOKEN) => client.putSecrets({ ...production, body: { secrets: { TOKEN } } })))
    const seen = await client.getSecrets(production)
    expect(seen.ok && seen.body.items[0]?.version).toBe(values.length)
    const stages = [{ id: 'read', component: 'transform', config: { value: '{{ sha256(secrets.TOKEN) }}' } }]
    const { start } = await deploy({ name: 'reads', stages })
    const ended = await until(client, await start(), isEnded)
    expect(values.map(sha256)).toContain(ended.output)
  })

  it('of which an older ciphertext was put back does not open (S-04)', async () => {
    const { client, deploy } = await newPlace()
    const put = (TOKEN: string) => client.putSecrets({ ...production, body: { secrets: { TOKEN } } })
    const turn = (TURN: string) => client.putVariables({ ...production, body: { variables: { TURN } } })
    await turn('first')
    await put(OLD)
    const { workflowId } = await deploy({
      name: 'reads',
      stages: [{ id: 'read', component: 'transform', config: { value: '{{ vars.TURN + sha256(secrets.TOKEN) }}' } }],
    })
    const own = "environment_id = (SELECT environment_id FROM deployments WHERE workflow_id = ?1) AND name = 'TOKEN'"
    const select = env.DB.prepare(`SELECT sealed FROM variables WHERE ${own}`).bind(workflowId)
    const old = await select.first<{ sealed: string }>()
    await put(NEW)
    await env.DB.prepare(`UPDATE variables SET sealed = ?2 WHERE ${own}`).bind(workflowId, old?.sealed).run()
    // Makes another release of what is stored.
    expect(await turn('second')).toMatchObject({ body: { applied: { done: 1 } } })
    const run = await client.runWorkflow({ body: { workflowId, input: {}, wait: true } })
    expect(run).toMatchObject({ body: { status: 'failed', error: { message: expect.stringContaining('TOKEN') } } })
  })

  it('used as a plain variable stops the deploy with a reason', async () => {
    const { client, deploy } = await newPlace()
    await client.putSecrets({ ...production, body: { secrets: { TOKEN: OLD } } })
    const stages = [{ id: 'read', component: 'transform', config: { value: "{{ vars.TOKEN ?? 'none' }}" } }]
    await expect(deploy({ name: 'mistaken', stages })).rejects.toThrow(
      /"code":"secret_as_variable".*Write secrets\.TOKEN/,
    )
  })

  it('taken apart by an expression stops the deploy with a reason, and so does a variable that is marked secret', async () => {
    const { client, deploy } = await newPlace()
    await client.putSecrets({ ...production, body: { secrets: { TOKEN: OLD } } })
    await client.putVariables({
      ...production,
      body: { variables: { HIDDEN: { value: OLD, secret: true }, OPEN: OLD } },
    })
    const reading = (value: string) =>
      deploy({ name: `cuts-${value.length}`, stages: [{ id: 'a', component: 'transform', config: { value } }] })
    for (const taken of ['substring(secrets.TOKEN, 0, 9)', 'upper(vars.HIDDEN)'])
      await expect(reading(`{{ ${taken} }}`)).rejects.toThrow(/"code":"secret_taken_apart"/)
    await reading('{{ upper(vars.OPEN) }} {{ base64_encode("user:" + secrets.TOKEN) }}')
  })

  it('that is rotated reaches the next execution; one that is under way keeps the version it began with (I7)', async () => {
    const { client, deploy } = await newPlace()
    const put = (TOKEN: string) => client.putSecrets({ ...production, body: { secrets: { TOKEN } } })
    await put(OLD)
    const { start } = await deploy({
      name: 'reads-late',
      stages: [
        { id: 'wait', component: 'wait_for_signal', config: { signal: 'go' } },
        { id: 'read', component: 'transform', depends_on: ['wait'], config: { value: '{{ sha256(secrets.TOKEN) }}' } },
      ],
    })
    const before = await start()
    await until(client, before, isWaiting)
    expect(await put(NEW)).toMatchObject({ body: { applied: { done: 1, pending: 0 }, items: [{ version: 2 }] } })
    const after = await start()
    await until(client, after, isWaiting)
    const outputs: unknown[] = []
    for (const id of [before, after]) {
      await client.sendSignal({ params: { id, name: 'go' }, body: {} })
      outputs.push((await until(client, id, isEnded)).output)
    }
    expect(outputs).toEqual([sha256(OLD), sha256(NEW)])
  })

  it('that is deleted makes the next execution fail, and names what is missing', async () => {
    const { client, deploy } = await newPlace()
    await client.putSecrets({ ...production, body: { secrets: { TOKEN: OLD } } })
    const { start } = await deploy({
      name: 'reads',
      stages: [{ id: 'read', component: 'transform', config: { value: '{{ sha256(secrets.TOKEN) }}' } }],
    })
    await client.putSecrets({ ...production, body: { secrets: { TOKEN: null } } })
    const ended = await until(client, await start(), isEnded)
    expect(ended).toMatchObject({
      status: 'failed',
      error: { stage: 'read', message: expect.stringContaining('TOKEN') },
    })
  })
})
