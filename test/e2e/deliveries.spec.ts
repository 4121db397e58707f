import { expect, test } from '@playwright/test'
import { open, postOrder, webhookUrl } from './server'

test('a call that was refused tells why, and one that was accepted is delivered again', async ({ page }) => {
  const id = await postOrder({ orderId: '77', amount: 5, currency: 'EUR' })
  const headers = { 'content-type': 'application/json', 'x-api-key': 'not the key' }
  expect((await fetch(webhookUrl(), { method: 'POST', headers, body: '{}' })).status).toBe(401)
  await open(page, '/workflows')
  await page.getByRole('link', { name: 'order-intake' }).click()
  await page.getByRole('link', { name: 'Deliveries' }).click()
  const rows = page.getByRole('list', { name: 'Deliveries' }).locator('summary')
  await page.getByLabel('Outcome').selectOption('Refused')
  await expect(page).toHaveURL(/\?outcome=refused$/)
  // Calls are written down half a second after they came, and the page looks again only when it is told to.
  await expect(async () => {
    await page.getByRole('button', { name: 'Look again' }).click()
    await expect(rows.first()).toContainText('Credential wrong', { timeout: 1_000 })
  }).toPass()
  await rows.first().click()
  await expect(page.getByText('The key, token or signature is none of those in force.')).toBeVisible()
  await expect(page.getByText('[redacted]')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Redeliver' })).toHaveCount(0)
  await page.getByLabel('Outcome').selectOption('Accepted')
  await expect(rows.first()).toContainText('Started an execution')
  await rows.first().click()
  await expect(page.getByRole('link', { name: id })).toBeVisible()
  await page.getByRole('button', { name: 'Redeliver' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Redeliver' }).click()
  await expect(page.getByTestId('execution-status')).toContainText('Completed')
  await expect(page.getByRole('link', { name: /^exec_/ })).toHaveAttribute('href', `/executions/${id}`)
})
