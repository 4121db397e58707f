import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePlan, type Plan } from '#core/definition/plan'
import { validateWorkflow } from '#core/definition/validate'
import { scopeOf } from '../expression/scope'
import { conditional, documentOf, lineOf, step, trycatch } from './documents'

function planOf(stages: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): Plan {
  const { workflow, issues } = validateWorkflow(documentOf(stages, more), { mode: 'deploy' })
  if (workflow === null) throw new Error(issues.map(lineOf).join('\n'))
  return compilePlan(workflow)
}

const http = (id: string, config: object) => ({
  id,
  component: 'http-request',
  config: { url: 'https://x.example', ...config },
})

describe('compilePlan', () => {
  it('orders stages behind what they wait for, ties as written', () => {
    //  d ──▶ b ──▶ a      c
    const plan = planOf([step('a', ['b']), step('b', ['d']), step('c'), step('d')])
    expect(plan.order).toEqual(['c', 'd', 'b', 'a'])
    expect(plan.root).toEqual(['c', 'd', 'b', 'a'])
    expect(plan.leaves).toEqual(['c', 'a'])
    expect(plan.stages.get('b')).toMatchObject({ index: 1, order: 2, dependents: ['a'], join: 'all', onError: 'fail' })
  })

  it('knows containers, choosers and whom to wait for', () => {
    //  start ──▶ tc: try [ i ─▶ a | b ]  catch [ c ]   ──(a)──▶ end
    const plan = planOf([
      step('start'),
      trycatch('tc', { try: ['i'], catch: ['c'] }, ['start']),
      conditional('i', ['a'], ['b']),
      step('a'),
      step('b'),
      step('c'),
      step('end', ['a', 'start']),
    ])
    expect(plan.stages.get('a')).toMatchObject({
      container: { id: 'tc', list: 'try' },
      chooser: { id: 'i', lists: ['if_true'] },
    })
    expect(plan.stages.get('tc')?.lists).toEqual([
      { list: 'try', role: 'scope', ids: ['i', 'a', 'b'] },
      { list: 'catch', role: 'scope', ids: ['c'] },
      { list: 'finally', role: 'scope', ids: [] },
    ])
    expect(plan.stages.get('i')?.lists).toEqual([
      { list: 'if_true', role: 'option', ids: ['a'] },
      { list: 'if_false', role: 'option', ids: ['b'] },
    ])
    expect(plan.stages.get('end')?.dependsOn).toEqual([
      { stage: 'a', waitsFor: 'tc' },
      { stage: 'start', waitsFor: 'start' },
    ])
    expect(plan.stages.get('tc')?.dependents).toEqual(['i', 'a', 'b', 'c', 'end'])
    expect(plan.root).toEqual(['start', 'tc', 'end'])
    expect(plan.leaves).toEqual(['end'])
  })

  it('keeps late parts of a config apart', () => {
    const plan = planOf([
      http('call', { timeout: 5_000, retry: { max_attempts: 2, condition: '{{ output.status_code != 200 }}' } }),
    ])
    const stage = plan.stages.get('call')
    expect(stage?.config.evaluate(scopeOf())).toEqual({
      ok: true,
      value: { url: 'https://x.example', timeout: 5_000, retry: { max_attempts: 2 } },
    })
    expect([...(stage?.late.keys() ?? [])]).toEqual(['/retry/condition'])
    expect(stage?.late.get('/retry/condition')?.evaluate(scopeOf({ output: { status_code: null } }))).toEqual({
      ok: true,
      value: true,
    })
    expect(stage?.timeoutMs).toBe(5_000)
  })

  it('a timeout that is not written is the default, one that is computed the maximum', () => {
    const plan = planOf([http('a', {}), http('b', { timeout: '{{ vars.T }}' })])
    expect([...plan.stages.values()].map(({ timeoutMs }) => timeoutMs)).toEqual([30_000, 300_000])
  })

  it('says what a document needs', () => {
    const plan = planOf(
      [
        http('b', { url: 'https://API.github.com/{{ input.x }}', headers: { A: 'Bearer {{ secrets.T }}' } }),
        http('a', { url: 'https://{{ vars.HOST }}/x' }),
        http('c', { url: 'http://localhost:8080', body: { url: "{{ vars.A ?? '' }}" }, method: 'POST' }),
      ],
      { triggers: [{ type: 'webhook', authentication: { type: 'hmac', secret: '{{ vars.hook }}' } }] },
    )
    expect(plan.needs).toEqual({
      variables: ['A', 'HOST', 'hook'],
      secrets: ['T'],
      hosts: ['api.github.com', 'localhost:8080'],
      components: ['http_request'],
    })
  })

  it('is pure when every stage is, and inline when none waits', () => {
    const delay = { id: 'd', component: 'delay', config: { seconds: 1 } }
    expect(planOf([step('a')])).toMatchObject({ pure: true, inline: true, output: null })
    expect(planOf([http('a', {})])).toMatchObject({ pure: false, inline: true })
    expect(planOf([delay])).toMatchObject({ inline: false })
    expect(planOf([http('a', { method: 'POST' })]).stages.get('a')?.safety).toBe('unsafe')
  })

  it('compiles the output and carries the settings', () => {
    const plan = planOf([step('a')], { output: { x: '{{ stages.a.output }}' }, settings: { concurrency: 3 } })
    expect(plan.output?.evaluate(scopeOf({ stages: { a: { output: 1 } } }))).toEqual({ ok: true, value: { x: 1 } })
    expect(plan.settings).toEqual({ timeout_ms: 86_400_000, concurrency: 3, retention_days: null })
  })

  it('orders any graph without rings so that nothing waits for what comes later', () => {
    const graphs = fc.array(fc.array(fc.nat(30), { maxLength: 4 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(graphs, (edges) => {
        const stages = edges.map((before, i) =>
          step(
            `s${i}`,
            before.filter((j) => j < i).map((j) => `s${j}`),
          ),
        )
        const plan = planOf(stages.toReversed())
        expect(plan.order.toSorted()).toEqual(stages.map(({ id }) => id).toSorted())
        for (const stage of plan.stages.values()) {
          for (const { waitsFor } of stage.dependsOn) expect(plan.stages.get(waitsFor)?.order).toBeLessThan(stage.order)
        }
      }),
      { numRuns: 200 },
    )
  })
})
