import { encodeBase32 } from '#core/kernel/base32'
import { encodeBytes } from '#core/kernel/crockford'
import { isSameText } from '#core/release/is-same-text'
import type { AccountDeps } from './accounts'
import { AppError } from './app-error'
import { recordAudit } from './record-audit'

const STEP_MS = 30_000
/** Clocks of telephones are off by this many steps at most. */
const STEPS_OFF = 1
const SECRET_BYTES = 20
const RECOVERY_CODES = 10
/** Then codes of the authenticator are no longer taken, until the password changes: whoever guesses knows it. */
const GUESSES_MAX = 10

type Deps = Pick<
  AccountDeps,
  'clock' | 'randomBytes' | 'digest' | 'identity' | 'passwords' | 'secondFactors' | 'oneTimeCodes' | 'vault' | 'auditOf'
>
type Person = { readonly id: string; readonly email: string; readonly organizationId: string }
type Given = { readonly password: string; readonly code: string }

const purposeOf = (userId: string) => `second_factor|${userId}`

/** Makes a secret for an authenticator. It counts once a code of it was confirmed. */
export async function enrolSecondFactor(deps: Deps, person: Person, password: string) {
  await requirePassword(deps, person, password)
  const secret = encodeBase32(deps.randomBytes(SECRET_BYTES))
  const sealed = await deps.vault.seal(purposeOf(person.id), secret)
  if (!(await deps.secondFactors.enrol(person.id, sealed))) throw new AppError('second_factor_on')
  const label = encodeURIComponent(`Millrace:${person.email}`)
  return { secret, uri: `otpauth://totp/${label}?secret=${secret}&issuer=Millrace&algorithm=SHA1&digits=6&period=30` }
}

/** Makes the second factor count, and answers the codes that replace it when it is lost: told once, each good once. */
export async function confirmSecondFactor(deps: Deps, person: Person, code: string): Promise<readonly string[]> {
  const factor = await deps.secondFactors.find(person.id)
  if (factor !== null && factor.confirmedAt !== null) throw new AppError('second_factor_on')
  if (factor === null || !(await takeCode(deps, person.id, code))) throw new AppError('second_factor_wrong')
  const { told, hashes } = newRecoveryCodes(deps, person.id)
  if (!(await deps.secondFactors.confirm(person.id, deps.clock(), hashes))) throw new AppError('second_factor_on')
  await record(deps, person, 'second_factor.turned_on')
  return told
}

/** Answers other recovery codes, told once; those there were are void. Needs the password and a code. */
export async function renewRecoveryCodes(deps: Deps, person: Person, given: Given): Promise<readonly string[]> {
  await requirePassword(deps, person, given.password)
  await requireSecondFactor(deps, person.id, given.code)
  const { told, hashes } = newRecoveryCodes(deps, person.id)
  if (!(await deps.secondFactors.replaceRecoveryCodes(person.id, hashes))) throw new AppError('second_factor_off')
  await record(deps, person, 'second_factor.codes_renewed')
  return told
}

/** Turns the second factor off; needs the password and a code. */
export async function removeSecondFactor(deps: Deps, person: Person, given: Given): Promise<void> {
  await requirePassword(deps, person, given.password)
  await requireSecondFactor(deps, person.id, given.code)
  await deps.secondFactors.remove(person.id)
  await record(deps, person, 'second_factor.turned_off')
}

/** Whether it counts, and how many recovery codes are left. */
export async function readSecondFactor(deps: Deps, person: Person) {
  const factor = await deps.secondFactors.find(person.id)
  const isOn = factor !== null && factor.confirmedAt !== null
  return { enabled: isOn, recoveryCodesLeft: isOn ? await deps.secondFactors.countRecoveryCodes(person.id) : 0 }
}

/** Refuses without a code of the authenticator or a recovery code, where the account asks for one. */
export async function requireSecondFactor(deps: Deps, userId: string, code: string | undefined): Promise<void> {
  const factor = await deps.secondFactors.find(userId)
  if (factor === null || factor.confirmedAt === null) return
  if (code === undefined) throw new AppError('second_factor_required')
  if (!(await takeCode(deps, userId, code)) && !(await takeRecoveryCode(deps, userId, code)))
    throw new AppError('second_factor_wrong')
}

/** Takes a code of now, or of a clock that is a little off; none counts twice. */
async function takeCode(deps: Deps, userId: string, code: string): Promise<boolean> {
  if (!(await deps.secondFactors.countGuess(userId, GUESSES_MAX))) return false
  const factor = await deps.secondFactors.find(userId)
  const secret = factor === null ? null : await deps.vault.open(purposeOf(userId), factor.secret)
  // A secret that cannot be opened lets nobody in.
  if (secret === null) throw new AppError('unavailable')
  const now = Math.floor(deps.clock() / STEP_MS)
  const steps = Array.from({ length: 2 * STEPS_OFF + 1 }, (_, index) => now - STEPS_OFF + index)
  const step = steps.find((candidate) => isSameText(deps.oneTimeCodes.codeAt(secret, candidate), code))
  return step !== undefined && deps.secondFactors.takeStep(userId, step)
}

function takeRecoveryCode(deps: Deps, userId: string, code: string): Promise<boolean> {
  return deps.secondFactors.takeRecoveryCode(userId, recoveryHash(deps, userId, code))
}

/** As they are told, in groups of four, and as they are kept. */
function newRecoveryCodes(deps: Deps, userId: string) {
  const codes = Array.from({ length: RECOVERY_CODES }, () => encodeBytes(deps.randomBytes(10)))
  return {
    told: codes.map((text) => (text.match(/.{4}/g) ?? []).join('-')),
    hashes: codes.map((text) => recoveryHash(deps, userId, text)),
  }
}

/** However it was typed. */
function recoveryHash(deps: Pick<Deps, 'digest'>, userId: string, code: string): string {
  return deps.digest(userId, ':', code.toLowerCase().replaceAll(/[^0-9a-z]/g, ''))
}

async function requirePassword(deps: Deps, { email }: Pick<Person, 'email'>, password: string): Promise<void> {
  const user = await deps.identity.findUser(email)
  if (!(await deps.passwords.verify(password, user?.passwordHash ?? ''))) throw new AppError('password_wrong')
}

function record(deps: Deps, { id, email, organizationId }: Person, action: string): Promise<void> {
  const stores = { audit: deps.auditOf(organizationId) }
  return recordAudit({ ...deps, caller: { actor: { id, email } }, stores }, action, id)
}
