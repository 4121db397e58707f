import { expect, test } from 'vitest'
import { createTraffic } from '../../../worker/http/traffic'

test('a request is under way until it is answered or fails', async () => {
  const traffic = createTraffic(() => 0)
  const answer = Promise.withResolvers<Response>()
  const failure = Promise.withResolvers<Response>()
  const counted = [traffic.count(answer.promise), traffic.count(failure.promise)]
  expect(traffic.underWay()).toBe(2)
  answer.resolve(new Response())
  failure.reject(new Error('broken'))
  await Promise.allSettled(counted.map(async (one) => one))
  expect(traffic.underWay()).toBe(0)
})

test('a request that was cut off is not waited for long', () => {
  let now = 0
  const traffic = createTraffic(() => now)
  const never = new Promise<Response>(() => undefined)
  void traffic.count(never)
  now = 4_000
  void traffic.count(never)
  expect(traffic.underWay()).toBe(2)
  now = 6_000
  expect(traffic.underWay()).toBe(1)
})
