import { randomInt } from 'node:crypto'
import { expect, type Page, test } from '@playwright/test'
import { newAddress, newOwner, PASSWORD } from './people'

type Person = { readonly subject: string; readonly email: string }

const newPerson = (email = newAddress('octocat')): Person => ({ subject: String(randomInt(2 ** 40)), email })

/** Whoever this browser takes to GitHub is this person there, and says yes, unless the twist says otherwise. */
async function beAtGithub(page: Page, person: Person, twist = ''): Promise<void> {
  await page.unrouteAll()
  await page.route('https://github.com/**', async (route) => {
    const data = { url: route.request().url(), person, twist }
    const answer = await page.request.post(`http://127.0.0.1:${process.env.E2E_PROVIDER_PORT}/_authorize`, { data })
    const { url } = (await answer.json()) as { url: string }
    const body = `<script>location.replace(${JSON.stringify(url)})</script>`
    await route.fulfill({ contentType: 'text/html', body })
  })
}

const github = (page: Page) => page.getByRole('button', { name: 'Continue with GitHub' })

test('somebody new signs in with GitHub, names an organization, and is known the next time', async ({ page }) => {
  await beAtGithub(page, newPerson())
  await page.goto('/workflows')
  await github(page).click()
  await expect(page.getByRole('heading', { name: 'Create an organization', level: 1 })).toBeVisible()
  await page.getByLabel('Organization').fill('Mühle & Söhne')
  await page.getByRole('button', { name: 'Create the organization' }).click()
  await expect(page).toHaveURL(/\/workflows$/)
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible()
  await page.context().clearCookies()
  await page.goto('/workflows')
  await github(page).click()
  await expect(page).toHaveURL(/\/workflows$/)
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible()
})

test('who cancels at GitHub is told so where they began', async ({ page }) => {
  await beAtGithub(page, newPerson(), 'denied')
  await page.goto('/sign-in')
  await github(page).click()
  await expect(page.getByRole('alert')).toContainText('The sign-in was cancelled at the provider.')
  await expect(github(page)).toBeEnabled()
})

test('an address with an account is connected by its owner, and opens it from then on', async ({ page }) => {
  const email = await newOwner(page)
  await page.context().clearCookies()
  await beAtGithub(page, newPerson(email))
  await page.goto('/sign-in')
  await github(page).click()
  await expect(page.getByRole('alert')).toContainText('Sign in with its password, and connect the two under Account.')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible()
  await page.goto('/settings/account')
  await page.getByRole('button', { name: 'Connect GitHub' }).click()
  await page.getByRole('dialog').getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect(page.getByText('GitHub is connected.')).toBeVisible()
  await page.context().clearCookies()
  await page.goto('/sign-in')
  await github(page).click()
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible()
})
