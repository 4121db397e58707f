import type { ExecutionAnswer } from '#core/contract/executions'
import type { StageTrace } from './stage-trace.ts'

export type TabName = 'input' | 'output' | 'error' | 'attempts' | 'logs' | 'meta'
export type PanelTab = { readonly name: TabName; readonly title: string; readonly count?: number }

/** What can be looked at: of a stage everything, of the execution as a whole what it has itself. */
export function panelTabs(stage: StageTrace | null, execution: ExecutionAnswer): readonly PanelTab[] {
  const failures = (stage ?? execution).error === null ? 0 : 1
  const own: readonly PanelTab[] = [
    { name: 'input', title: 'Input' },
    { name: 'output', title: 'Output' },
    { name: 'error', title: 'Error', count: failures },
  ]
  if (stage === null) return [...own, { name: 'meta', title: 'Meta' }]
  return [
    ...own,
    { name: 'attempts', title: 'Attempts', count: stage.attempts.length },
    { name: 'logs', title: 'Logs', count: stage.logs.length },
    { name: 'meta', title: 'Meta' },
  ]
}

/** The tab an address asks for, if there is one by that name; else what a person would look at first. */
export function tabToShow(tabs: readonly PanelTab[], wanted: string | null, hasError: boolean): TabName {
  return tabs.find(({ name }) => name === wanted)?.name ?? (hasError ? 'error' : 'output')
}
