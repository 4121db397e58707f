import { memberOf } from '../json/member-of.ts'
import type { StageTrace } from './stage-trace.ts'

type Answering = Pick<StageTrace, 'component' | 'address' | 'status' | 'endedAt' | 'input' | 'output'>

/** What the caller of a webhook was told before the execution ended. */
export type EarlyAnswer = { readonly stage: string; readonly httpStatus: number; readonly at: string | null }

/** The answer a `respond` stage has sent; null where none did, or where nobody waited for one. */
export function earlyAnswer(stages: readonly Answering[]): EarlyAnswer | null {
  const sender = stages.find(({ component, output }) => component === 'respond' && memberOf(output, 'sent') === true)
  if (sender === undefined) return null
  const status = memberOf(sender.input, 'status')
  return { stage: sender.address, httpStatus: typeof status === 'number' ? status : 200, at: sender.endedAt }
}
