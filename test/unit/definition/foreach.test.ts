import { describe, expect, it } from 'vitest'
import { compilePlan } from '#core/definition/plan'
import { everyStage } from '#core/definition/every-stage'
import { validateWorkflow } from '#core/definition/validate'
import { documentOf, findings, step } from './documents'

const each = (
  ids: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
  dependsOn: readonly string[] = [],
) => ({
  id: 'each',
  component: 'foreach',
  depends_on: dependsOn,
  config: { items: '{{ input.list }}', do: ids, ...more },
})
const reading = (id: string, value: string, dependsOn: readonly string[] = []) =>
  step(id, dependsOn, { config: { value } })
const codes = (...stages: readonly unknown[]) => findings(documentOf(stages)).map((line) => line.split(':')[0])

describe('a foreach in a document', () => {
  it('is accepted with stages that read their item, each other and what came before it', () => {
    const stages = [
      step('first'),
      each(['a', 'b'], {}, ['first']),
      reading('a', '{{ item }} {{ index }} {{ stages.first.output }}'),
      reading('b', '{{ stages.a.output }}', ['a']),
      reading('after', '{{ stages.each.output.results }}', ['each']),
    ]
    expect(findings(documentOf(stages), { mode: 'deploy' })).toEqual([])
  })

  it('takes a list, or one whole expression, as items', () => {
    const a = reading('a', '{{ item }}')
    expect(codes(each(['a'], { items: [1, '{{ input.x }}'] }), a)).toEqual([])
    expect(codes(each(['a'], { items: 5 }), a)).toEqual(['items_not_a_list /stages/0/config/items'])
    expect(codes(each(['a'], { items: 'abc' }), a)).toEqual(['items_not_a_list /stages/0/config/items'])
    expect(codes(each(['a'], { items: Array.from({ length: 10_001 }, () => 0) }), a)).toEqual([
      'too_many_items /stages/0/config/items',
    ])
  })

  it('says at most 100 items at once, as a number', () => {
    const a = step('a')
    expect(codes(each(['a'], { max_concurrency: 101 }), a)).toEqual(['out_of_range /stages/0/config/max_concurrency'])
    expect(codes(each(['a'], { max_concurrency: '{{ input.n }}' }), a)).toEqual([
      'wrong_type /stages/0/config/max_concurrency',
    ])
    expect(codes(each([]))).toEqual(['out_of_range /stages/0/config/do'])
  })

  it('keeps the results of its stages to itself: who reads one from outside is told to use its results', () => {
    const stages = [each(['a']), step('a'), reading('after', '{{ stages.a.output }}', ['each'])]
    expect(findings(documentOf(stages))).toEqual([
      'reference_into_foreach /stages/2/config/value: “a” runs once for each item of “each”, so it has no one result here | Use its results: stages.each.output.results.',
    ])
    expect(findings(documentOf([each(['a']), step('a')], { output: '{{ stages.a.output }}' }))).toEqual([
      'reference_into_foreach /output: “a” runs once for each item of “each”, so it has no one result here | Use its results: stages.each.output.results.',
    ])
    expect(codes(each(['a'], { items: '{{ stages.a.output }}' }), step('a'))).toEqual([
      'reference_into_foreach /stages/0/config/items',
    ])
  })

  it('has no dependencies across its border', () => {
    expect(findings(documentOf([each(['a']), step('a'), step('after', ['a'])]))).toEqual([
      'dependency_into_foreach /stages/2/depends_on/0: “after” depends on “a”, which runs once for each item of “each” | Depend on “each” and read stages.each.output.results.',
    ])
    expect(findings(documentOf([step('x'), each(['a']), step('a', ['x'])]))).toEqual([
      'dependency_out_of_foreach /stages/2/depends_on/0: “a” runs once for each item of “each” and depends on “x”, which does not | Let “each” depend on “x”: its items come after that.',
    ])
  })

  it('reads nothing from outside that need not have run before it', () => {
    expect(codes(step('x'), each(['a']), reading('a', '{{ stages.x.output }}'))).toEqual([
      'stage_not_before /stages/2/config/value',
    ])
  })

  it('has item and index inside only, and for a nested one in its items too', () => {
    expect(codes(reading('a', '{{ item }}'))).toEqual(['reference_not_available /stages/0/config/value'])
    expect(codes(each(['a'], { items: '{{ item }}' }), step('a'))).toEqual([
      'reference_not_available /stages/0/config/items',
    ])
    const inner = { id: 'inner', component: 'foreach', config: { items: '{{ item.lines }}', do: ['a'] } }
    expect(codes(each(['inner']), inner, reading('a', '{{ item }}'))).toEqual([])
  })

  it('has a stage in one place only', () => {
    const other = { ...each(['a']), id: 'other' }
    expect(codes(each(['a']), other, step('a'))).toEqual(['stage_in_two_scopes /stages/1/config/do/0'])
  })

  it('has stages of two iterations of a nested one apart as well', () => {
    const inner = { id: 'inner', component: 'foreach', config: { items: [1], do: ['a'] } }
    const stages = [each(['inner', 'next']), inner, step('a'), reading('next', '{{ stages.a.output }}', ['inner'])]
    expect(codes(...stages)).toEqual(['reference_into_foreach /stages/3/config/value'])
  })
})

describe('the plan of a foreach', () => {
  const planOf = (...stages: readonly unknown[]) => {
    const { workflow, issues } = validateWorkflow(documentOf(stages), { mode: 'draft' })
    if (workflow === null) throw new Error(JSON.stringify(issues))
    return compilePlan(workflow)
  }
  const plan = planOf(
    each(['b', 'guard', 'a']),
    reading('b', '{{ vars.x }}', ['guard']),
    { id: 'guard', component: 'trycatch', config: { try: ['t'] } },
    step('t'),
    { id: 'a', component: 'delay', config: { seconds: 1 } },
    step('after', ['each']),
  )

  it('has its stages in a plan of their own, with their own order and leaves', () => {
    expect(plan.order).toEqual(['each', 'after'])
    expect(plan.leaves).toEqual(['after'])
    const body = plan.stages.get('each')?.body
    expect(body?.order).toEqual(['guard', 't', 'b', 'a'])
    expect(body?.root).toEqual(['guard', 'b', 'a'])
    expect(body?.leaves).toEqual(['b', 'a'])
    expect(body?.stages.get('t')?.container).toEqual({ id: 'guard', list: 'try' })
    expect(body?.stages.get('b')?.order).toBe(2)
  })

  it('still counts for what the whole document needs, and whether it may run inside a request', () => {
    expect(plan.needs.variables).toEqual(['x'])
    expect(plan.needs.components).toContain('delay')
    expect(plan.inline).toBe(false)
    expect(plan.pure).toBe(true)
    expect(everyStage(plan).map(({ id }) => id)).toEqual(['each', 'b', 'guard', 't', 'a', 'after'])
    expect(planOf(each(['g']), { id: 'g', component: 'http_request', config: { url: 'https://a.test' } }).pure).toBe(
      false,
    )
  })
})
