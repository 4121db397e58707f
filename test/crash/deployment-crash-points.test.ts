import { env } from 'cloudflare:workers'
import { afterAll, afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { newRelease, schedule, testDeployment } from '../workerd/support/test-deployment'
import { type Deployment, DeploymentWorld } from './deployment-world'
import { everyKill, type Kill, shareOf } from './kill-points'
import { Tally } from './tally'

/** Far ahead, so that the platform’s own clock fires none of the alarms meanwhile. */
const NINE = Date.UTC(2036, 0, 5, 9)
const tally = new Tally()
const share = inject('crashShare')

beforeEach(() => {
  // The objects tell the operators of every fault; here that would be thousands.
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})
afterAll(() => {
  process.stdout.write(tally.print('crash points of deployments'))
})

type Run = (kill: Kill | null) => Promise<{ world: DeploymentWorld; broken: readonly string[] }>

function listOf(promises: readonly (readonly [boolean, string])[]): readonly string[] {
  return promises.filter(([holds]) => !holds).map(([, words]) => words)
}

async function projected({ identity }: Deployment): Promise<object | null> {
  const query = 'SELECT epoch, status, active_version_id FROM deployments WHERE ref = ?'
  return env.DB.prepare(query).bind(identity.ref).first()
}

/** A moment comes due and starts one execution. */
const dueMoment: Run = async (kill) => {
  vi.setSystemTime(NINE - 90_000)
  const deployment = testDeployment()
  await deployment.deploy(1, { schedules: [schedule('0 9 * * *')] })
  const world = new DeploymentWorld(deployment, NINE)
  world.arm(kill)
  await world.watch()
  const fires = await world.fires()
  const first = await world.shard().peek({ ...deployment.scope, seq: 0 })
  const second = await world.shard().peek({ ...deployment.scope, seq: 1 })
  const broken = listOf([
    [fires.length === 1 && fires[0]?.nominal_at === NINE, `I8: the ledger has ${JSON.stringify(fires)}`],
    [fires[0]?.outcome === 'started' && fires[0].execution_id !== null, 'I8: the moment was not started'],
    [first !== null && second === null, `I8: executions: ${first !== null}, a second one: ${second !== null}`],
  ])
  return { world, broken }
}

/** A version replaces another while its caller asks until it is answered. */
const deploy: Run = async (kill) => {
  vi.setSystemTime(NINE)
  const deployment = testDeployment()
  await deployment.deploy(1)
  const world = new DeploymentWorld(deployment, NINE)
  world.arm(kill)
  const request = deployment.request({ kind: 'switch', cause: 'deploy', release: newRelease(2) })
  const answer = await world.activate(request)
  await world.watch()
  const releases = (await world.handle().releases(deployment.scope)) ?? []
  const history = (await world.handle().history(deployment.scope)) ?? []
  const config = await world.shard().config()
  const row = await projected(deployment)
  const broken = listOf([
    [answer?.kind === 'done', `the caller was told ${JSON.stringify(answer)}`],
    [releases.length === 2 && history.length === 2, `I1: ${releases.length} releases, ${history.length} changes`],
    [config?.epoch === 2 && config.active === 2, `I7: the shard has epoch ${config?.epoch}, release ${config?.active}`],
    [
      JSON.stringify(row) === JSON.stringify({ epoch: 2, status: 'active', active_version_id: 'version_2' }),
      `I12: the index has ${JSON.stringify(row)}`,
    ],
  ])
  return { world, broken }
}

describe('killed before or after each of its calls, by an error or for good, a deployment keeps every promise (F-07, F-08)', () => {
  it.each([
    { name: 'a moment comes due', run: dueMoment },
    { name: 'a version is switched', run: deploy },
  ])('$name', async ({ name, run }) => {
    const undisturbed = await run(null)
    const { calls } = undisturbed.world.points
    expect(undisturbed.broken).toEqual([])
    const found: string[] = []
    const done: Kill[] = []
    for (const { words, ...kill } of shareOf(everyKill(calls), share)) {
      const { world, broken } = await run(kill)
      if (world.points.hasKilled) done.push(kill)
      for (const promise of broken) found.push(`${words}: ${promise}`)
    }
    tally.add(name, calls, done, found.length)
    expect(found).toEqual([])
  })
})
