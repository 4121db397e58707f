import { expect, test } from '@playwright/test'
import { newOwner } from './people'
import { login } from './server'

/** What the API answers to a key. */
const statusFor = async (key: string, path: string) =>
  (await fetch(login().url + path, { headers: { authorization: `Bearer ${key}` } })).status

test('a key is shown once, may do what was chosen, is rotated with an overlap and revoked', async ({ page }) => {
  await newOwner(page)
  await page.goto('/settings/keys')
  await page.getByRole('link', { name: 'Make the first one' }).click()
  await page.getByLabel('Name').fill('deploy from CI')
  await page.getByLabel('Start from').selectOption('All that a viewer may do')
  await page.getByLabel('Environments', { exact: true }).first().selectOption('Only some')
  await expect(page.getByRole('button', { name: 'Make the key' })).toBeDisabled()
  await page.getByRole('checkbox', { name: 'staging', exact: true }).check()
  await page.getByRole('button', { name: 'Make the key' }).click()
  const shown = page.getByRole('region', { name: 'The new key' })
  const first = (await shown.getByText(/^mr_/).textContent()) ?? ''
  expect(await statusFor(first, '/v1/workflows')).toBe(200)
  expect(await statusFor(first, '/v1/keys')).toBe(403)
  await shown.getByRole('button', { name: 'I have kept it' }).click()

  const rows = page.getByRole('list', { name: 'API keys' }).getByRole('listitem')
  await expect(rows).toHaveCount(1)
  await expect(rows).toContainText('All that a viewer may do')
  await expect(rows).toContainText('staging')
  await expect(page.getByText(first)).toHaveCount(0)
  await page.getByRole('button', { name: 'Rotate deploy from CI' }).click()
  await page.getByRole('dialog').getByLabel('The old key works on').selectOption('For an hour')
  await page.getByRole('dialog').getByRole('button', { name: 'Make the new key' }).click()
  const second = (await shown.getByText(/^mr_/).textContent()) ?? ''
  expect(await statusFor(second, '/v1/workflows')).toBe(200)
  expect(await statusFor(first, '/v1/workflows')).toBe(200)
  await expect(rows).toHaveCount(2)
  await expect(rows.last()).toContainText(/Ends in (59 m|1 h)/)
  await rows
    .last()
    .getByRole('button', { name: /Revoke/ })
    .click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke it' }).click()
  await expect(rows).toHaveCount(1)
  expect(await statusFor(first, '/v1/workflows')).toBe(401)
})
