import { expect, test } from '@playwright/test'
import { callAs, codeOf, confirmAddress, mailedLink, newAddress, newOwner, PASSWORD } from './people'
import { sidewaysPx } from './server'

test('who is invited joins with the role they were given, and the last owner stays', async ({ page, browser }) => {
  const owner = await newOwner(page)
  await page.goto('/settings/account')
  await expect(page.getByText('Not confirmed yet')).toBeVisible()
  await confirmAddress(page, owner)
  await page.goto('/settings/members')
  await page.getByRole('button', { name: 'Invite' }).click()
  const guest = newAddress('guest')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Email').fill(guest)
  await dialog.getByLabel('Role').selectOption('Runner')
  await dialog.getByRole('button', { name: 'Send the invitation' }).click()
  await expect(page.getByRole('list', { name: 'Invitations' })).toContainText(guest)

  const other = await browser.newPage()
  await other.goto(await mailedLink(page, guest))
  await other.getByLabel('Email').fill(guest)
  await other.getByLabel('Password').fill(PASSWORD)
  await other.getByRole('button', { name: 'Accept' }).click()
  await expect(other.getByRole('heading', { name: 'Executions' })).toBeVisible()
  await other.goto('/settings/members')
  await expect(other.getByText('The members are for admins and owners.')).toBeVisible()
  await other.close()

  await page.reload()
  const row = page.getByRole('listitem').filter({ hasText: guest })
  await expect(row).toContainText('Runner')
  await row.getByRole('button', { name: /Change the role/ }).click()
  await dialog.getByLabel('Role').selectOption('Deployer')
  await dialog.getByRole('button', { name: 'Change the role' }).click()
  await expect(row).toContainText('Deployer')
  await page.getByRole('button', { name: 'Leave the organization' }).click()
  await dialog.getByRole('button', { name: 'Leave' }).click()
  await expect(dialog.getByRole('alert')).toContainText('An organization keeps at least one owner.')
  await expect(dialog.getByRole('alert')).toContainText('Make somebody else an owner first.')
})

test('a second factor counts once its code was confirmed, and a recovery code signs in without it', async ({
  page,
}) => {
  const email = await newOwner(page)
  await page.goto('/settings/account')
  const section = page.getByRole('region', { name: 'Second factor' })
  await section.getByRole('button', { name: 'Turn it on' }).click()
  await page.getByRole('dialog').getByLabel('Password').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await expect(section.getByRole('img', { name: /QR code/ })).toBeVisible()
  const secret = (await section.getByTestId('second-factor-secret').textContent()) ?? ''
  await section.getByLabel('Code', { exact: true }).fill(codeOf(secret.replaceAll(' ', '')))
  await section.getByRole('button', { name: 'Confirm' }).click()
  const codes = section.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
  await expect(codes).toHaveCount(10)
  const code = (await codes.first().textContent()) ?? ''
  await section.getByRole('button', { name: 'I have kept them' }).click()
  await expect(section).toContainText('10 recovery codes are left')

  await page.getByRole('button', { name: `Account: ${email}` }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('Code').fill(code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(section).toContainText('9 recovery codes are left')
})

test('a session elsewhere is ended from the list of sessions', async ({ page, browser }) => {
  const email = await newOwner(page)
  const other = await browser.newPage()
  await other.request.post('/v1/auth/sign-in', { data: { email, password: PASSWORD } })
  await other.goto('/executions')
  await expect(other.getByRole('heading', { name: 'Executions' })).toBeVisible()
  await page.goto('/settings/account')
  const sessions = page.getByRole('list', { name: 'Sessions' }).getByRole('listitem')
  await expect(sessions).toHaveCount(2)
  await expect(sessions.filter({ hasText: 'This browser' }).getByRole('button')).toHaveCount(0)
  await page.getByRole('button', { name: /^End the session in/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click()
  await expect(sessions).toHaveCount(1)
  await other.reload()
  await expect(other.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await other.close()
})

test('a workflow is moved into a restricted project, and the organization that was left is not shown', async ({
  page,
  browser,
}) => {
  const owner = await newOwner(page, 'First mill')
  const definition = { name: 'nightly-report', triggers: [{ type: 'manual' }], stages: [] }
  await callAs(page, 'POST', '/v1/workflows', { definition })
  await page.goto('/settings/projects')
  await page.getByRole('button', { name: 'New project' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Billing')
  await dialog.getByLabel('Restricted').check()
  await dialog.getByRole('button', { name: 'Make the project' }).click()
  await page.getByRole('link', { name: 'default' }).click()
  await page.getByRole('button', { name: 'Move nightly-report' }).click()
  await expect(dialog.getByLabel('To project')).toContainText('Billing (restricted)')
  await dialog.getByRole('button', { name: 'Move it' }).click()
  await expect(page.getByText('It is empty.')).toBeVisible()
  await page.getByRole('link', { name: 'Projects' }).last().click()
  await expect(page.getByRole('listitem').filter({ hasText: 'Billing' })).toContainText('1 workflow')

  const host = await browser.newPage()
  await confirmAddress(host, await newOwner(host, 'Second mill'))
  await callAs(host, 'POST', '/v1/invitations', { email: owner, role: 'viewer' })
  await host.close()
  await page.goto(await mailedLink(page, owner))
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('button', { name: 'Organization: Second mill' }).click()
  await page.getByRole('button', { name: /First mill/ }).click()
  await expect(page.getByRole('button', { name: 'Organization: First mill' })).toBeVisible()
  await page.goto('/workflows')
  await expect(page.getByRole('link', { name: 'nightly-report' })).toBeVisible()
})

test('no page of the settings is wider than 360 pixels', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 780 })
  await newOwner(page, 'Wasserkraftanlagenüberwachungsgesellschaft Niederösterreich')
  for (const name of ['Account', 'Members', 'Projects', 'API keys', 'Audit']) {
    await page.goto(name === 'Account' ? '/settings' : `/settings/${name.toLowerCase().replace('api ', '')}`)
    await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
    expect(await sidewaysPx(page), name).toBe(0)
  }
})
