import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'

const AGAIN_MS = 2_000

/** When an object's alarm rings. Null also while it cannot be started; the next one who asks has more luck. */
export function alarmAt(stub: DurableObjectStub): Promise<number | null> {
  return runInDurableObject(stub, (_object, { storage }) => storage.getAlarm()).catch(() => null)
}

/** Rings it now. The platform repeats an alarm whose object broke. `open` answers a fresh stub. */
export async function ringAlarm(open: () => DurableObjectStub, now: number): Promise<void> {
  try {
    await runDurableObjectAlarm(open())
  } catch {
    const repeat = () =>
      runInDurableObject(open(), async (_object, { storage }) => {
        if ((await storage.getAlarm()) === null) await storage.setAlarm(now + AGAIN_MS)
      })
    await repeat().catch(repeat)
  }
}
