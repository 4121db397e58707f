import { expect, it } from 'vitest'
import example from '../../../examples/components/code.workflow.json'
import { fakeNetwork, publish, runnerOn } from '../support/run-release'

it('the example of a code stage packs its order', async () => {
  const release = await publish(example)
  const items = example.triggers[0]?.inputSchema.items.default ?? []
  const seq = await release.start({ items })
  await release.serve(runnerOn(fakeNetwork()))
  expect(await release.end(seq)).toMatchObject({
    status: 'completed',
    output: { parcels: 2, first: { kg: 10, skus: ['chair', 'lamp'] } },
  })
})
