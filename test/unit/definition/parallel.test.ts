import { describe, expect, it } from 'vitest'
import { documentOf, findings, step } from './documents'

const fan = (branches: readonly (readonly string[])[], more: Readonly<Record<string, unknown>> = {}) => ({
  id: 'fan',
  component: 'parallel',
  config: { branches, ...more },
})

describe('a parallel in a document', () => {
  it('is accepted with stages inside that read what came before them, and stages outside that depend on those inside', () => {
    const stages = [
      step('first'),
      { ...fan([['a', 'b'], ['c']]), depends_on: ['first'] },
      step('a', [], { config: { value: '{{ stages.first.output }}' } }),
      step('b', ['a'], { config: { value: '{{ stages.a.output }}' } }),
      step('c'),
      step('after', ['c'], { config: { value: '{{ stages.c.output }}' } }),
    ]
    expect(findings(documentOf(stages), { mode: 'deploy' })).toEqual([])
  })

  it('has no stage in two branches', () => {
    expect(findings(documentOf([fan([['a'], ['a', 'b']]), step('a'), step('b')]))).toEqual([
      'stage_in_two_scopes /stages/0/config/branches/1/0: “a” runs in two lists of “fan” | A stage belongs to one list of one container.',
    ])
  })

  it('names only stages that exist', () => {
    expect(findings(documentOf([fan([['a'], ['nobody']]), step('a')]))).toEqual([
      'unknown_stage /stages/0/config/branches/1/0: There is no stage “nobody” | Define a stage with this id or remove the name.',
    ])
  })

  it('has branches, each with a stage, and a number of them at once', () => {
    const codes = (stage: unknown) => findings(documentOf([stage, step('a')])).map((line) => line.split(':')[0])
    expect(codes(fan([]))).toEqual(['out_of_range /stages/0/config/branches'])
    expect(codes(fan([['a'], []]))).toEqual(['out_of_range /stages/0/config/branches/1'])
    expect(codes(fan([['a']], { max_concurrency: 0 }))).toEqual(['out_of_range /stages/0/config/max_concurrency'])
    expect(codes(fan([['a']], { max_concurrency: '{{ input.n }}' }))).toEqual([
      'wrong_type /stages/0/config/max_concurrency',
    ])
    expect(codes(fan([['a']], { on_error: 'ignore' }))).toEqual(['invalid_value /stages/0/config/on_error'])
  })

  it('has a stage of one branch depend on one of another at its own risk', () => {
    const stages = [fan([['a'], ['b']]), step('a'), step('b', ['a'])]
    expect(findings(documentOf(stages))).toEqual([
      '~dependency_across_branches /stages/2/depends_on/0: “b” depends on “a” in another branch | Put both into one branch: where few branches may run at once, it can wait for one that has not begun.',
    ])
  })

  it('has no stage read what another branch may not have done yet', () => {
    const stages = [fan([['a'], ['b']]), step('a'), step('b', [], { config: { value: '{{ stages.a.output }}' } })]
    expect(findings(documentOf(stages))[0]).toMatch(/^stage_not_before \/stages\/2\/config\/value/)
  })
})
