import { expect, test } from '@playwright/test'
import { open, postOrder, sidewaysPx } from './server'

const order = { orderId: '12345', amount: 99.99, currency: 'USD' }
const panel = 'Details of create-invoice'

test('an order that was posted is found in the list and shows what each stage took in and gave out', async ({
  page,
}) => {
  const id = await postOrder(order)
  await open(page, '/executions')
  await expect(page.getByTestId('headline')).toContainText('completed')
  const row = page.getByRole('row').filter({ has: page.locator(`a[href$="${id}"]`) })
  await expect(row).toContainText('Completed')
  await expect(row).toContainText('webhook')
  await row.getByRole('link', { name: 'order-intake' }).click()

  await expect(page.getByTestId('execution-id')).toHaveText(id)
  await expect(page.getByTestId('execution-status')).toContainText(/Completed in [\d.<]/)
  await page.getByRole('button', { name: /create-invoice/ }).click()
  const details = page.getByRole('region', { name: panel, exact: true })
  await expect(details.getByRole('region', { name: 'Output of create-invoice' })).toContainText(
    '"invoiceId": "INV-12345"',
  )
  await details.getByRole('tab', { name: 'Input' }).click()
  await expect(details.getByRole('region', { name: 'Input of create-invoice' })).toContainText('99.99')
  await details.getByRole('tab', { name: 'Meta' }).click()
  await expect(details.getByText('Duration')).toBeVisible()
  await expect(
    details
      .getByRole('definition')
      .filter({ hasText: /\d+ ms$/ })
      .first(),
  ).toBeVisible()
  await details.getByRole('tab', { name: 'Error' }).click()
  await expect(details.getByText('No error.')).toBeVisible()
  await page.getByRole('button', { name: /log-order/ }).click()
  await page.getByRole('tab', { name: /Logs/ }).click()
  await expect(page.getByText('Order 12345 arrived by webhook')).toBeVisible()
  await page.getByRole('button', { name: /reject-order.*Skipped/ }).click()
  await page.getByRole('tab', { name: 'Output' }).click()
  await expect(page.getByText(/^Skipped:/)).toBeVisible()
})

test('new executions wait behind a pill and do not move what is being read', async ({ page }) => {
  await postOrder(order)
  await open(page, '/executions')
  const first = page.locator('a[data-row]').first()
  const before = await first.getAttribute('href')
  const id = await postOrder({ ...order, orderId: '67890' })
  const pill = page.getByRole('button', { name: '1 new' })
  await expect(pill).toBeVisible()
  await expect(first).toHaveAttribute('href', before ?? '')
  await pill.click()
  await expect(first).toHaveAttribute('href', `/executions/${id}`)
  await expect(pill).toBeHidden()
})

test('filters are part of the address and come back with it', async ({ page }) => {
  await postOrder(order)
  await open(page, '/executions')
  await page.getByLabel('Status').selectOption('Timed out')
  await expect(page).toHaveURL(/\?status=timed_out$/)
  await expect(page.getByText('No execution matches these filters.')).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('Status')).toHaveValue('timed_out')
  await page.getByRole('button', { name: 'Clear the filters' }).click()
  await expect(page.locator('a[data-row]').first()).toBeVisible()
})

test('the keyboard reaches every row, opens it and comes back', async ({ page }) => {
  await postOrder(order)
  await postOrder(order)
  await open(page, '/executions?trigger=webhook')
  const rows = page.locator('a[data-row]')
  await expect(rows.first()).toBeVisible()
  await page.keyboard.press('j')
  await expect(rows.first()).toBeFocused()
  await page.keyboard.press('j')
  await expect(rows.nth(1)).toBeFocused()
  await page.keyboard.press('k')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('stage-name')).toHaveText('order-intake')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await expect(page.getByTestId('stage-name')).toHaveText('log-order')
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/\/executions\?trigger=webhook$/)
  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Keyboard' })
  await expect(help).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(help).toBeHidden()
  await page.keyboard.press('g')
  await page.keyboard.press('w')
  await expect(page.getByRole('heading', { name: 'Workflows', level: 1 })).toBeVisible()
})

test('an execution that does not exist says so, with a code and a request id', async ({ page }) => {
  await open(page, '/executions/exec_00000000000000000000000000000000')
  const problem = page.getByRole('alert')
  await expect(problem).toContainText('not_found')
  await expect(problem).toContainText(/req_\w+/)
  await expect(problem.getByRole('button', { name: 'Try again' })).toBeVisible()
})

test('nothing is wider than a page of 360 pixels', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 780 })
  const id = await postOrder(order)
  await page.goto('/sign-in')
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
  expect(await sidewaysPx(page)).toBe(0)
  await open(page, '/executions')
  await expect(page.locator('a[data-row]').first()).toBeVisible()
  expect(await sidewaysPx(page)).toBe(0)
  await page.goto(`/executions/${id}?stage=create-invoice`)
  await expect(page.getByTestId('stage-name')).toHaveText('create-invoice')
  expect(await sidewaysPx(page)).toBe(0)
  await page.goto('/workflows')
  await expect(page.getByRole('link', { name: 'order-intake' })).toBeVisible()
  expect(await sidewaysPx(page)).toBe(0)
})
