import { expect, test } from 'vitest'
import { pollWhileVisible } from '#lib/live/poll-while-visible.ts'

function fakePage() {
  const timers = new Set<() => void>()
  const listeners = new Set<() => void>()
  const page = {
    hidden: false,
    isHidden: () => page.hidden,
    onVisibility: (callback: () => void) => {
      listeners.add(callback)
      return () => listeners.delete(callback)
    },
    after: (_delayMs: number, callback: () => void) => {
      timers.add(callback)
      return () => timers.delete(callback)
    },
    async elapse() {
      const due = [...timers]
      timers.clear()
      for (const callback of due) callback()
      await Promise.resolve()
    },
    async setHidden(hidden: boolean) {
      page.hidden = hidden
      for (const callback of listeners) callback()
      await Promise.resolve()
    },
    timers,
    listeners,
  }
  return page
}

function counted() {
  const task = Object.assign(
    () => {
      task.runs += 1
      return Promise.resolve()
    },
    { runs: 0 },
  )
  return task
}

test('a visible page is looked after again and again', async () => {
  const page = fakePage()
  const task = counted()
  pollWhileVisible(page, 1_000, task)
  await page.elapse()
  await page.elapse()
  expect(task.runs).toBe(2)
})

test('a hidden page asks nothing, and asks at once when it is shown again', async () => {
  const page = fakePage()
  const task = counted()
  pollWhileVisible(page, 1_000, task)
  await page.setHidden(true)
  await page.elapse()
  expect(task.runs).toBe(0)
  await page.setHidden(false)
  expect(task.runs).toBe(1)
  expect(page.timers.size).toBe(1)
})

test('stopping leaves nothing behind', async () => {
  const page = fakePage()
  const task = counted()
  pollWhileVisible(page, 1_000, task)()
  await page.elapse()
  expect(task.runs).toBe(0)
  expect([page.timers.size, page.listeners.size]).toEqual([0, 0])
})
