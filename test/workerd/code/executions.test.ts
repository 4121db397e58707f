import { describe, expect, it } from 'vitest'
import type { Json } from '#core/kernel/json'
import { limitIsolates } from '../../../worker/services/runner/limit-isolates'
import { fakeNetwork, ok, publish, runnerOn } from '../support/run-release'

const code = (id: string, source: string, config: Record<string, Json> = {}, more: Record<string, Json> = {}) => ({
  id,
  component: 'code',
  config: { source, ...config },
  ...more,
})

/** How each stage ended. */
const endings = async (release: Awaited<ReturnType<typeof publish>>, seq: number) =>
  (await release.journal(seq)).filter(({ type }) => type === 'stage_succeeded' || type === 'attempt_failed')

const documentOf = (stages: Json[]) => ({ name: 'with code', triggers: [{ type: 'manual' }], stages })

describe('an execution with code stages', () => {
  it('hands values from stage to stage, console and errors into its trace', async () => {
    const release = await publish(
      documentOf([
        code('double', 'console.log("doubling", inputs.n)\nreturn { n: inputs.n * 2 }', {
          inputs: { n: '{{ input.n }}' },
        }),
        code(
          'fail',
          'return inputs.n.missing.deep',
          { inputs: { n: '{{ stages.double.output.n }}' } },
          { depends_on: ['double'] },
        ),
      ]),
    )
    const seq = await release.start({ n: 21 })
    await release.serve(runnerOn(fakeNetwork()))
    expect(await release.end(seq)).toMatchObject({
      status: 'failed',
      error: { code: 'code_threw', stage: 'fail', message: expect.stringContaining('(line 1, column 25)') },
    })
    const journal = await endings(release, seq)
    expect(journal.find(({ stage }) => stage === 'double')).toMatchObject({
      type: 'stage_succeeded',
      input: { inputs: { n: 21 } },
      output: { n: 42 },
      logs: [{ level: 'info', message: 'doubling 21' }],
    })
    expect(JSON.stringify(journal)).not.toContain('console.log')
  })

  it('shows no secret that code was handed: not in output, log, error or request (S-01)', async () => {
    const secrets = { API_KEY: 'canary-5d1f' }
    const source = `console.log('key', secrets.API_KEY)
      await fetch('https://api.test/', { headers: { authorization: 'Bearer ' + secrets.API_KEY } })
      if (inputs.fail) throw new Error('with ' + secrets.API_KEY)
      return { key: secrets.API_KEY, encoded: btoa(secrets.API_KEY) }`
    const release = await publish(documentOf([code('leak', source, { inputs: '{{ input }}', secrets: ['API_KEY'] })]), {
      secrets,
    })
    const network = fakeNetwork()
    const seqs = [await release.start({ fail: false }), await release.start({ fail: true })]
    await release.serve(runnerOn(network))
    for (const seq of seqs) {
      const kept = JSON.stringify([await release.journal(seq), await release.end(seq)])
      expect(kept).toContain('[secret API_KEY]')
      expect(kept).not.toContain('canary-5d1f')
      expect(kept).not.toContain(btoa('canary-5d1f'))
    }
    expect(network.sent.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer canary-5d1f',
      'Bearer canary-5d1f',
    ])
  })

  it('runs fifty of them side by side; none fails for want of room (F-24)', async () => {
    const stages = Array.from({ length: 50 }, (_, i) =>
      code(`stage-${i}`, `await new Promise((resolve) => setTimeout(resolve, 1))\nreturn ${i}`),
    )
    const release = await publish(documentOf(stages))
    const seq = await release.start()
    const deps = runnerOn(fakeNetwork())
    await release.serve({ ...deps, code: limitIsolates(deps.code) })
    expect((await release.end(seq)).status).toBe('completed')
    const outputs = (await endings(release, seq)).map((event) => (event as { output?: Json }).output)
    expect(new Set(outputs)).toEqual(new Set(Array.from({ length: 50 }, (_, i) => i)))
  })

  it('runs code for each item of a foreach, each with a key of its own (I5)', async () => {
    const release = await publish(
      documentOf([
        { id: 'each', component: 'foreach', config: { items: '{{ input.items }}', do: ['one'], max_concurrency: 5 } },
        code('one', 'return { n: inputs.n * 10, key: execution.idempotencyKey }', { inputs: { n: '{{ item }}' } }),
      ]),
    )
    const items = Array.from({ length: 20 }, (_, i) => i)
    const seq = await release.start({ items })
    await release.serve(runnerOn(fakeNetwork()))
    const { status, output } = await release.end(seq)
    expect(status).toBe('completed')
    const { results } = output as { results: { n: number; key: string }[] }
    expect(results.map(({ n }) => n)).toEqual(items.map((n) => n * 10))
    expect(new Set(results.map(({ key }) => key)).size).toBe(items.length)
  })

  it('of ten releases at once calls four isolates at a time and completes them all (F-24)', async () => {
    const deps = runnerOn(fakeNetwork())
    const live = new Map<string, number>()
    let most = 0
    const counting: typeof deps.code = async (call, host) => {
      const { versionId, organizationId } = call.bundle
      const key = `${organizationId} ${versionId}`
      live.set(key, (live.get(key) ?? 0) + 1)
      most = Math.max(most, live.size)
      try {
        return await deps.code(call, host)
      } finally {
        const left = (live.get(key) ?? 1) - 1
        if (left === 0) live.delete(key)
        else live.set(key, left)
      }
    }
    const invocation = { ...deps, code: limitIsolates(counting) }
    const source = 'await new Promise((resolve) => setTimeout(resolve, 3))\nreturn inputs'
    const runs = await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        const release = await publish(documentOf([code('a', source, { inputs: i }), code('b', source, { inputs: i })]))
        return { release, seq: await release.start() }
      }),
    )
    await Promise.all(runs.map(({ release }) => release.serve(invocation)))
    for (const { release, seq } of runs) expect((await release.end(seq)).status).toBe('completed')
    expect(most).toBe(4)
  })

  it('that waits for its turn longer than it may take is run all the same, and has all of its time then (F-24)', async () => {
    const slow = await publish(documentOf([code('slow', 'return 1', { timeout: 300_000 })]))
    const brief = await publish(documentOf([code('brief', 'return 2', { timeout: 1_000 })]))
    const seqs = [await slow.start(), await brief.start()] as const
    const began = Promise.withResolvers<void>()
    const waited = Promise.withResolvers<void>()
    const deps = runnerOn(fakeNetwork())
    const holding: typeof deps.code = async (call, host) => {
      if (call.source === 'slow') {
        began.resolve()
        await waited.promise
      }
      return deps.code(call, host)
    }
    let aheadMs = 0
    const clock = () => Date.now() + aheadMs
    // Time flies while the brief one waits, as fast as its lease is renewed, and is the real one after that.
    const sleep: typeof deps.sleep = async (ms, signal) => {
      if (aheadMs > 20_000) return deps.sleep(ms, signal)
      await brief.end(seqs[1])
      if (signal?.aborted !== true) aheadMs += ms
      if (aheadMs > 20_000) waited.resolve()
    }
    const limited = limitIsolates(holding, 1)
    const served = slow.serve({ ...deps, code: limited })
    await began.promise
    await brief.serve({ ...deps, clock, sleep, code: limited })
    waited.resolve()
    await served
    expect(await brief.end(seqs[1])).toMatchObject({ status: 'completed', output: 2 })
    expect(await slow.end(seqs[0])).toMatchObject({ status: 'completed', output: 1 })
  })

  it('of one organization sees nothing of another whose code is the same (F-30)', async () => {
    const source = `globalThis.seen ??= []
      globalThis.seen.push(secrets.KEY)
      return globalThis.seen.length`
    const document = documentOf([code('look', source, { secrets: ['KEY'] })])
    const [first, second] = [
      await publish(document, { secrets: { KEY: 'of-the-first' } }),
      await publish(document, { secrets: { KEY: 'of-the-second' } }),
    ]
    const deps = runnerOn(fakeNetwork())
    for (const release of [first, second, first]) {
      const seq = await release.start()
      await release.serve(deps)
      expect(await release.end(seq)).toMatchObject({ status: 'completed', output: 1 })
    }
  })

  it('fails the stage whose secret has no value, and never hands over an empty one (S88)', async () => {
    const release = await publish(documentOf([code('look', 'return secrets.KEY.length', { secrets: ['KEY'] })]))
    const seq = await release.start()
    await release.serve(runnerOn(fakeNetwork()))
    expect(await release.end(seq)).toMatchObject({ status: 'failed', error: { code: 'secret_missing', stage: 'look' } })
  })

  it('sends the requests of code through the sender of the execution', async () => {
    const network = fakeNetwork()
    network.answer = () => ok({ total: 7 })
    const source = `const answer = await fetch('https://api.test/orders', { method: 'POST', body: 'x',
      headers: { 'idempotency-key': execution.idempotencyKey } })
      return (await answer.json()).total`
    const release = await publish(documentOf([code('total', source)]))
    const seq = await release.start()
    await release.serve(runnerOn(network))
    expect(await release.end(seq)).toMatchObject({ status: 'completed', output: 7 })
    expect(network.sent).toHaveLength(1)
    expect(network.sent[0]?.headers['idempotency-key']).toMatch(/^exec_.*:total$/)
  })

  it('that times out fails alone: the stage beside it completes', async () => {
    const release = await publish(
      documentOf([
        code(
          'slow',
          'await new Promise((resolve) => setTimeout(resolve, 60_000))\nreturn 1',
          { timeout: 1_000 },
          { on_error: 'continue' },
        ),
        code('quick', 'return 2'),
      ]),
    )
    const seq = await release.start()
    await release.serve(runnerOn(fakeNetwork()))
    expect((await release.end(seq)).status).toBe('completed')
    const journal = await endings(release, seq)
    expect(journal.find(({ stage }) => stage === 'slow')).toMatchObject({ failure: { code: 'code_timeout' } })
    expect(journal.find(({ stage }) => stage === 'quick')).toMatchObject({ output: 2 })
  })
})
