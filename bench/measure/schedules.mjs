import { setTimeout as wait } from 'node:timers/promises'
import { transforms } from '../documents/chain.mjs'
import { below } from '../report/format.mjs'

const deployments = 5
const minuteMs = 60_000
const settleMs = 3_000

/** How late five schedules of every minute fire at the next full minute, in real time and with nothing else to do. */
export async function schedules({ withServer }) {
  return withServer(async ({ tenant }) => {
    const deployed = []
    for (let n = 0; n < deployments; n++) {
      const triggers = [{ type: 'schedule', cron: '* * * * *' }]
      deployed.push(await tenant.deploy({ name: `every-minute-${n}`, triggers, stages: transforms(1) }))
    }
    const dueAt = Math.max(...deployed.map(({ schedules: [schedule] }) => Date.parse(schedule.nextFireAt)))
    await wait(dueAt + settleMs - Date.now())
    const latenessMs = []
    for (const { workflowId } of deployed) {
      const { items } = await tenant.call('GET', `/v1/executions?workflowId=${workflowId}&trigger=schedule`)
      latenessMs.push(...items.map(({ acceptedAt }) => Date.parse(acceptedAt) % minuteMs))
    }
    const missing = deployments - latenessMs.length
    return [
      {
        quantity: `schedule lateness, ${deployments} due at once, latest`,
        ...below(Math.max(...latenessMs), 1_000),
        failures: missing > 0 ? [`${missing} schedules did not fire`] : [],
      },
    ]
  })
}
