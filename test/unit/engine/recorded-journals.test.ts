import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { Workflow } from '#core/definition/document'
import { compilePlan } from '#core/definition/plan'
import type { JournalEvent } from '#core/engine/event'
import { fold } from '#core/engine/fold'
import { stageState } from '#core/engine/state'

const folder = path.resolve(import.meta.dirname, '../../fixtures/shards')

type Table = { readonly table: string; readonly rows: readonly Readonly<Record<string, string>>[] }
type Recorded = {
  readonly name: string
  readonly recordedAt: number
  readonly state: { readonly status: string; readonly stages: Readonly<Record<string, object>> }
  readonly tables: readonly Table[]
}

const files = readdirSync(folder).map((file) => ({
  file,
  recorded: JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as readonly Recorded[],
}))

function columnOf({ tables }: Recorded, table: string, column: string): string {
  return tables.find((it) => it.table === table)?.rows[0]?.[column] ?? ''
}

describe.each(files)('journals as written when $file was recorded', ({ recorded }) => {
  it.each(recorded)('lead to the state they led to then: $name (F-16, I3)', (it) => {
    const plan = compilePlan(Workflow.parse(JSON.parse(columnOf(it, 'release', 'document'))))
    const lines = columnOf(it, 'execution_0', 'journal').trim().split('\n')
    const state = fold(
      plan,
      it.recordedAt,
      lines.map((line) => JSON.parse(line) as JournalEvent),
    )
    const stages = plan.order.map((id) => {
      const { status, attempt } = stageState(state, id)
      return [id, { status, attempt }]
    })
    expect({ status: state.status, stages: Object.fromEntries(stages) }).toEqual(it.state)
  })
})
