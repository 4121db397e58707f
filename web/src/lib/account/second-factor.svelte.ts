import type { Problem } from '#core/contract/problem'
import { session } from '../session/session.svelte.ts'

type Step =
  | { readonly is: 'loading' }
  | { readonly is: 'off' }
  | { readonly is: 'enrolling'; readonly secret: string; readonly uri: string }
  | { readonly is: 'codes'; readonly recoveryCodes: readonly string[] }
  | { readonly is: 'on'; readonly recoveryCodesLeft: number }

/** The second factor of one's own account, and where one stands in setting it up. */
export class SecondFactor {
  step = $state.raw<Step>({ is: 'loading' })
  problem = $state<Problem | null>(null)

  async load(): Promise<void> {
    const reply = await session.call((api) => api.getSecondFactor({}))
    this.problem = reply.ok ? null : reply.problem
    if (!reply.ok) return
    const { enabled, recoveryCodesLeft } = reply.body
    this.step = enabled ? { is: 'on', recoveryCodesLeft } : { is: 'off' }
  }

  /** Makes a secret to scan. Answers what went wrong, or null. */
  async enrol(password: string): Promise<Problem | null> {
    const reply = await session.call((api) => api.enrolSecondFactor({ body: { password } }))
    if (!reply.ok) return reply.problem
    this.step = { is: 'enrolling', ...reply.body }
    return null
  }

  /** Makes it count; the recovery codes are then told once. */
  async confirm(code: string): Promise<Problem | null> {
    const reply = await session.call((api) => api.confirmSecondFactor({ body: { code } }))
    if (!reply.ok) return reply.problem
    this.step = { is: 'codes', recoveryCodes: reply.body.recoveryCodes }
    return null
  }

  async turnOff(password: string, code: string): Promise<Problem | null> {
    const reply = await session.call((api) => api.removeSecondFactor({ body: { password, code } }))
    if (!reply.ok) return reply.problem
    this.step = { is: 'off' }
    return null
  }

  /** Makes other recovery codes, told once; those there were are void. */
  async renewCodes(password: string, code: string): Promise<Problem | null> {
    const reply = await session.call((api) => api.renewRecoveryCodes({ body: { password, code } }))
    if (!reply.ok) return reply.problem
    this.step = { is: 'codes', recoveryCodes: reply.body.recoveryCodes }
    return null
  }
}
