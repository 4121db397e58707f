import { expect, test } from '@playwright/test'
import { open, runUntil, saveWorkflow, sidewaysPx } from './server'

/** What the page threw, which nobody would see otherwise. */
const thrown: string[] = []

test.beforeEach(({ page }) => {
  thrown.length = 0
  page.on('pageerror', (error) => thrown.push(error.message))
})

test.afterEach(() => expect(thrown).toEqual([]))

const pause = { id: 'pause', component: 'delay', config: { seconds: 3_600 } }
const askFirst = [
  {
    id: 'decide',
    component: 'wait_for_signal',
    config: { signal: 'approve-refund', timeout_seconds: 3_600, choices: ['approve', 'reject'] },
  },
  { id: 'pay', component: 'transform', depends_on: ['decide'], config: { value: '{{ stages.decide.output }}' } },
]

test('a live execution is cancelled from its page, for a reason, and then retried from where it was', async ({
  page,
}) => {
  const id = await runUntil('waiting', 'slow', [pause])
  await open(page, `/executions/${id}`)
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Cancel this execution?' })
  await expect(dialog.getByLabel('Reason')).toBeFocused()
  await page.keyboard.type('Wrong month')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('execution-status')).toContainText('Cancelled')
  await expect(page.getByText('The execution was cancelled: Wrong month').first()).toBeVisible()
  await page.getByRole('button', { name: 'Retry…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Retry' }).click()
  await expect(page.getByTestId('execution-id')).not.toHaveText(id)
  await expect(page.getByTestId('execution-status')).toContainText('Waiting')
  await expect(page.getByRole('link', { name: /exec_/ })).toHaveAttribute('href', `/executions/${id}`)
})

test('who is asked approves on the page of the execution, and it goes on with the answer', async ({ page }) => {
  const id = await runUntil('waiting', 'refund', askFirst)
  await open(page, `/executions/${id}`)
  const note = page.getByRole('region', { name: 'Waits for approve-refund' })
  await expect(note).toContainText('then the stage fails')
  await note.getByLabel('Comment').fill('Paid twice')
  await note.getByRole('button', { name: 'approve' }).click()
  await expect(page.getByTestId('execution-status')).toContainText('Completed')
  await expect(note).toBeHidden()
  await page.getByRole('button', { name: /^decide/ }).click()
  await expect(page.getByRole('region', { name: 'Output of decide' })).toContainText('"comment": "Paid twice"')
})

test('a dead letter tells why, is redriven once and leads to both executions', async ({ page }) => {
  const pay = { url: 'https://nothing.invalid/pay', method: 'POST', at_most_once: true }
  const id = await runUntil('failed', 'pay-once', [{ id: 'pay', component: 'http_request', config: pay }])
  await open(page, '/dead-letters?kind=outcome_unknown')
  const letter = page.getByRole('listitem').filter({ has: page.locator(`a[href$="${id}"]`) })
  // Letters are written behind the end of an execution.
  await expect(async () => {
    await page.reload()
    await expect(letter).toContainText('Outcome unknown', { timeout: 1_000 })
  }).toPass()
  await expect(letter).toContainText('pay: The connection to nothing.invalid failed.')
  await letter.getByRole('button', { name: /Redrive pay-once/ }).click()
  const dialog = page.getByRole('dialog', { name: /Redrive pay-once/ })
  await expect(dialog).toContainText('is sent again')
  await dialog.getByRole('button', { name: 'Redrive' }).click()
  await expect(letter).toContainText('Redriven')
  await expect(letter.getByRole('button')).toHaveCount(0)
  await letter.getByRole('link', { name: /^exec_/ }).click()
  await expect(page.getByRole('link', { name: /^exec_/ })).toHaveAttribute('href', `/executions/${id}`)
})

test('a draft that is not deployed is tried out, with a mock for what it would have called', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 780 })
  const id = await saveWorkflow('draft', [
    { id: 'charge', component: 'http_request', config: { url: 'https://nothing.invalid', method: 'POST' } },
    { id: 'tell', component: 'logger', depends_on: ['charge'], config: { message: 'Charged {{ input.who }}' } },
  ])
  await open(page, `/workflows/${id}`)
  const form = page.getByRole('form', { name: 'Test run' })
  await form.getByLabel('Input').fill('{ "who": ')
  await expect(form).toContainText('Not JSON: line 1')
  await expect(form.getByRole('button', { name: 'Run the draft' })).toBeDisabled()
  await form.getByLabel('Input').fill('{ "who": "Ada" }')
  await form.getByRole('checkbox', { name: /charge/ }).check()
  await form.getByLabel('Output of charge').fill('{ "status_code": 200 }')
  expect(await sidewaysPx(page)).toBe(0)
  await form.getByRole('button', { name: 'Run the draft' }).click()
  await expect(page.getByTestId('execution-status')).toContainText('Completed')
  await expect(page.getByText('test', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: /charge.*mocked/ }).click()
  await expect(page.getByText('Mocked: its output was given with the test')).toBeVisible()
  expect(await sidewaysPx(page)).toBe(0)
})
