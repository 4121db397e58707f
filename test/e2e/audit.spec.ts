import { execFileSync } from 'node:child_process'
import { expect, test } from '@playwright/test'
import { callAs, newOwner } from './people'

test('the chain of the audit is verified in the browser, and its export by the script', async ({ page }) => {
  await newOwner(page)
  for (const name of ['Billing', 'Marketing']) await callAs(page, 'POST', '/v1/projects', { name })
  await callAs(page, 'PUT', '/v1/environments/staging/secrets', { secrets: { api_key: 'not-really-secret' } })
  await page.goto('/settings/audit')
  const entries = page.getByRole('list', { name: 'Entries' }).locator('summary')
  await expect(entries.filter({ hasText: 'Project created' })).toHaveCount(2)
  await page.getByRole('button', { name: 'Verify here' }).click()
  await expect(page.getByText(/^Verified: \d+ entries, none changed or missing/)).toBeVisible()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export' }).click()
  const file = await (await download).path()
  const head = (await page.getByTestId('chain-head').textContent()) ?? ''
  expect(execFileSync(process.execPath, ['scripts/verify-audit.mjs', file], { encoding: 'utf8' })).toContain(head)

  await page.getByLabel('Secret').fill('api_key')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\?secret=api_key$/)
  await expect(entries).toHaveCount(1)
  await entries.first().click()
  await expect(page.getByRole('region', { name: 'Details of Secret changed' })).toContainText('api_key')
  await expect(page.locator('body')).not.toContainText('not-really-secret')
  await page.getByRole('button', { name: 'Clear' }).click()
  await expect(page).toHaveURL(/\/audit$/)
  await page.getByLabel('Action').selectOption('Project')
  await expect(entries).toHaveCount(2)
})
