import type { AccountDeps } from './accounts'
import { AppError } from './app-error'
import { readTicket, SIGN_IN_FLOW_MS, type SignInFlow, writeTicket } from './sign-in-flow'

type Deps = Pick<AccountDeps, 'clock' | 'digest' | 'signInFlows'>
type FlowOf<P extends SignInFlow['purpose']> = Extract<SignInFlow, { readonly purpose: P }>

/** Writes a flow down for the browser, and remembers its hash for one use within ten minutes. */
export async function issueTicket(deps: Deps, flow: SignInFlow): Promise<string> {
  const ticket = writeTicket(flow)
  const at = deps.clock()
  await deps.signInFlows.put(deps.digest(ticket), at, at + SIGN_IN_FLOW_MS)
  return ticket
}

/** The flow of a ticket that was issued here and is not used up, of the kinds asked for; and what uses it up. */
export async function readOpenTicket<P extends SignInFlow['purpose']>(
  deps: Deps,
  ticket: string | null,
  purposes: readonly P[],
): Promise<{ readonly flow: FlowOf<P>; readonly use: () => Promise<void> }> {
  const flow = readTicket(ticket)
  const hash = deps.digest(ticket ?? '')
  if (flow === null || !isOneOf(flow, purposes) || !(await deps.signInFlows.isOpen(hash, deps.clock())))
    throw new AppError('sign_in_ended')
  const use = async () => {
    if (!(await deps.signInFlows.take(hash, deps.clock()))) throw new AppError('sign_in_ended')
  }
  return { flow, use }
}

function isOneOf<P extends SignInFlow['purpose']>(flow: SignInFlow, purposes: readonly P[]): flow is FlowOf<P> {
  return (purposes as readonly string[]).includes(flow.purpose)
}
