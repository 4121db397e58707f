import { describe, expect, it } from 'vitest'
import { conditional, documentOf, findings, step, trycatch } from './documents'

const reading = (id: string, dependsOn: readonly string[], reads: string) =>
  step(id, dependsOn, { config: { value: `{{ stages.${reads}.output }}` } })

describe('cycles', () => {
  it('a ring is reported once, with every id on it', () => {
    //  start ──▶ a ──▶ b ──▶ c ──▶ end
    //            ▲           │
    //            └───────────┘
    const stages = [step('start'), step('a', ['start', 'c']), step('b', ['a']), step('c', ['b']), step('end', ['c'])]
    expect(findings(documentOf(stages))).toEqual([
      'cycle /stages/1/depends_on: These stages wait for each other: a → b → c → a | Remove one of the dependencies.',
    ])
  })

  it('a stage that depends on itself is a ring', () => {
    //  a ⟲
    expect(findings(documentOf([step('a', ['a'])]))).toEqual([
      'cycle /stages/0/depends_on: These stages wait for each other: a → a | Remove one of the dependencies.',
    ])
  })

  it('separate rings are reported separately', () => {
    //  a ⇄ b      c ⇄ d
    const stages = [step('a', ['b']), step('b', ['a']), step('c', ['d']), step('d', ['c'])]
    expect(findings(documentOf(stages)).map((line) => line.split(':')[0])).toEqual([
      'cycle /stages/0/depends_on',
      'cycle /stages/2/depends_on',
    ])
  })

  it('a branch that waits for the stage it chooses is a ring', () => {
    //  if ─(if_true)▶ a ──▶ if
    expect(findings(documentOf([conditional('if', ['a'], [], ['a']), step('a')]))[0]).toMatch(/if → a → if/)
  })

  it('a stage inside a container cannot wait for the container or for what waits for it', () => {
    //  ┌ tc ─ try: inner ┐ ──▶ after ──▶ inner
    const stages = [trycatch('tc', { try: ['inner'] }), step('inner', ['after']), step('after', ['tc'])]
    expect(findings(documentOf(stages))[0]).toMatch(/^cycle \/stages\/0\/depends_on: .*tc → after → inner → tc|^cycle/)
    expect(findings(documentOf([trycatch('tc', { try: ['inner'] }), step('inner', ['tc'])]))[0]).toMatch(/^cycle/)
  })

  it('try cannot wait for catch', () => {
    //  tc: try a ──▶ catch b, and a depends on b
    const stages = [trycatch('tc', { try: ['a'], catch: ['b'] }), step('a', ['b']), step('b')]
    expect(findings(documentOf(stages)).some((line) => line.startsWith('cycle') && line.includes('a → b → a'))).toBe(
      true,
    )
  })
})

describe('each stage belongs to one scope', () => {
  it('in two lists of one container', () => {
    //  tc: try a, catch a
    expect(findings(documentOf([trycatch('tc', { try: ['a'], catch: ['a'] }), step('a')]))).toEqual([
      'stage_in_two_scopes /stages/0/config/catch/0: “a” runs in two lists of “tc” | A stage belongs to one list of one container.',
    ])
  })

  it('in two containers', () => {
    //  t1: try a     t2: try a
    expect(findings(documentOf([trycatch('t1', { try: ['a'] }), trycatch('t2', { try: ['a'] }), step('a')]))).toEqual([
      'stage_in_two_scopes /stages/1/config/try/0: “a” runs in “t1” and in “t2” | A stage belongs to one list of one container.',
    ])
  })

  it('chosen by two branches', () => {
    //  i1 ─▶ a ◀─ i2
    const stages = [conditional('i1', ['a'], []), conditional('i2', ['a'], []), step('a')]
    expect(findings(documentOf(stages)).map((line) => line.split(':')[0])).toEqual([
      'stage_owned_twice /stages/1/config/if_true/0',
    ])
  })

  it('chosen from outside its container', () => {
    //  i ─▶ a, but tc: try a
    const stages = [conditional('i', ['a'], []), trycatch('tc', { try: ['a'] }), step('a')]
    expect(findings(documentOf(stages)).map((line) => line.split(':')[0])).toEqual(['stage_in_two_scopes /stages/2'])
  })

  it('one branch may choose a stage in several lists, and may stand inside a container', () => {
    //  tc: try i ─▶ a (both ways) ──▶ b
    const stages = [trycatch('tc', { try: ['i', 'b'] }), conditional('i', ['a'], ['a']), step('a'), step('b', ['a'])]
    expect(findings(documentOf(stages))).toEqual([])
  })
})

describe('what may have run before', () => {
  it('ancestors by dependencies, at any distance', () => {
    //  a ──▶ b ──▶ c reads a
    expect(findings(documentOf([step('a'), step('b', ['a']), reading('c', ['b'], 'a')]))).toEqual([])
  })

  it('a sibling need not have run', () => {
    //  a ──▶ b
    //  └───▶ c reads b
    expect(findings(documentOf([step('a'), step('b', ['a']), reading('c', ['a'], 'b')]))).toEqual([
      'stage_not_before /stages/2/config/value: “c” reads “b”, which need not have run before it | Add “b” to depends_on.',
    ])
  })

  it('the branch that chooses it, and what came before the branch', () => {
    //  a ──▶ i ─(if_true)▶ b reads a and i
    const stages = [
      step('a'),
      conditional('i', ['b'], [], ['a']),
      step('b', [], { config: { value: ['{{ stages.a.output }}', '{{ stages.i.output }}'] } }),
    ]
    expect(findings(documentOf(stages))).toEqual([])
  })

  it('behind a container, everything inside it', () => {
    //  tc: try a, catch b   ──▶ c reads a and b
    const stages = [
      trycatch('tc', { try: ['a'], catch: ['b'] }),
      step('a'),
      step('b'),
      step('c', ['tc'], { config: { value: ['{{ stages.a.output }}', '{{ stages.b.output }}'] } }),
    ]
    expect(findings(documentOf(stages))).toEqual([])
  })

  it('from outside, a dependency on one stage inside waits for the whole container', () => {
    //  tc: try a, catch b   ──(b)──▶ c reads a
    const stages = [trycatch('tc', { try: ['a'], catch: ['b'] }), step('a'), step('b'), reading('c', ['b'], 'a')]
    expect(findings(documentOf(stages))).toEqual([])
  })

  it('catch and finally may read the trycatch they are in, however deep; try may not', () => {
    //  tc: try a ──▶ catch inner(try b reads tc) ──▶ finally c reads tc;   a reads tc
    const stages = (inTry: object) => [
      trycatch('tc', { try: ['a'], catch: ['inner'], finally: ['c'] }),
      inTry,
      trycatch('inner', { try: ['b'] }),
      reading('b', [], 'tc'),
      reading('c', [], 'tc'),
    ]
    expect(findings(documentOf(stages(step('a'))))).toEqual([])
    expect(findings(documentOf(stages(reading('a', [], 'tc'))))).toEqual([
      'stage_not_before /stages/1/config/value: “a” runs inside “tc”, which is not over before it | Read it in a stage that depends on “tc”; of a trycatch also in catch and finally.',
    ])
  })

  it('catch may read try and finally both; try reads neither', () => {
    //  tc: try a ──▶ catch b reads a ──▶ finally c reads a, b;   a reads b
    const good = [
      trycatch('tc', { try: ['a'], catch: ['b'], finally: ['c'] }),
      step('a'),
      reading('b', [], 'a'),
      reading('c', [], 'b'),
    ]
    expect(findings(documentOf(good))).toEqual([])
    const bad = [trycatch('tc', { try: ['a'], catch: ['b'] }), reading('a', [], 'b'), step('b')]
    expect(findings(documentOf(bad)).map((line) => line.split(':')[0])).toEqual([
      'stage_not_before /stages/1/config/value',
    ])
  })

  it('the container a stage runs in has not ended', () => {
    //  tc: try a reads tc
    expect(findings(documentOf([trycatch('tc', { try: ['a'] }), reading('a', [], 'tc')]))[0]).toMatch(
      /^stage_not_before/,
    )
  })

  it('a dependency from catch on try is warned of', () => {
    //  tc: try a ──▶ catch b, b depends on a
    const stages = [trycatch('tc', { try: ['a'], catch: ['b'] }), step('a'), step('b', ['a'])]
    expect(findings(documentOf(stages))).toEqual([
      '~dependency_across_phases /stages/2/depends_on/0: “b” in catch depends on “a” in try | It is skipped unless “a” completed; catch runs after try anyway.',
    ])
  })
})

describe('stages that never run', () => {
  it('behind both ways out of a branch', () => {
    //       ┌(if_true)▶ a ─┐
    //  i ───┤              ├▶ c ──▶ d
    //       └(if_false)▶ b ┘
    const stages = [conditional('i', ['a'], ['b']), step('a'), step('b'), step('c', ['a', 'b']), step('d', ['c'])]
    expect(findings(documentOf(stages))).toEqual([
      'unreachable_stage /stages/3: “c” never runs: it needs both ways out of “i”, which takes one | Write join: any to go on after either.',
    ])
  })

  it('join: any goes on after either way, join: always after anything', () => {
    //  as above, with join: any at c
    for (const join of ['any', 'always']) {
      const stages = [conditional('i', ['a'], ['b']), step('a'), step('b'), step('c', ['a', 'b'], { join })]
      expect(findings(documentOf(stages))).toEqual([])
    }
  })

  it('behind a disabled stage, as a warning', () => {
    //  a (disabled) ──▶ b ──▶ c
    const stages = [step('a', [], { enabled: false }), step('b', ['a']), step('c', ['b'])]
    expect(findings(documentOf(stages))).toEqual([
      '~unreachable_stage /stages/1: “b” never runs: “a” is disabled',
      '~unreachable_stage /stages/2: “c” never runs: “a” is disabled',
    ])
  })
})
