import { memberOf } from '../json/member-of.ts'
import type { StageTrace } from './stage-trace.ts'

type Child = { readonly executionId: string; readonly workflowId: string; readonly workflowName: string }

/** Those children that a `workflow` stage can have started: the one its output names, else those of the workflow it calls. */
export function childrenOfStage<C extends Child>(
  { component, input, output }: Pick<StageTrace, 'component' | 'input' | 'output'>,
  children: readonly C[],
): readonly C[] {
  if (component !== 'workflow') return []
  const named = memberOf(input, 'wait') === false ? memberOf(output, 'executionId') : undefined
  if (named !== undefined) return children.filter(({ executionId }) => executionId === named)
  const called = memberOf(input, 'workflow')
  return children.filter(({ workflowId, workflowName }) => workflowId === called || workflowName === called)
}
