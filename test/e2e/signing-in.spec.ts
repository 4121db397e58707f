import { randomUUID } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { fillSignIn, login, open, postOrder } from './server'

test('a wrong password is refused with a code and a request id, and the right one still works', async ({ page }) => {
  await page.goto('/')
  await fillSignIn(page, 'not the password')
  const problem = page.getByRole('alert')
  await expect(problem).toContainText('The email address or the password is wrong.')
  await expect(problem).toContainText('sign_in_refused')
  await expect(problem).toContainText(/req_\w+/)
  await fillSignIn(page)
  await expect(page.getByRole('heading', { name: 'Executions', level: 1 })).toBeVisible()
})

test('a link to a stage survives signing in', async ({ page }) => {
  const id = await postOrder({ orderId: '5', amount: 1, currency: 'EUR' })
  await page.goto(`/executions/${id}?stage=create-invoice&tab=attempts`)
  await fillSignIn(page)
  await expect(page.getByTestId('stage-name')).toHaveText('create-invoice')
  await expect(page.getByRole('tab', { name: /Attempts/ })).toHaveAttribute('aria-selected', 'true')
})

test('signing out ends the session for the whole browser', async ({ page }) => {
  await open(page, '/executions')
  await page.getByRole('button', { name: `Account: ${login().email}` }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()
  await page.goto('/workflows')
  await expect(page.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()
})

test('a new organization starts empty, deploys its first workflow and sees it run', async ({ page, request }) => {
  await page.goto('/sign-up')
  await page.getByLabel('Organization').fill('Mühle & Söhne')
  await page.getByLabel('Email').fill(`${randomUUID()}@millrace.test`)
  await page.getByLabel('Password').fill('a long enough password')
  await page.getByRole('button', { name: 'Create the organization' }).click()
  await expect(page.getByText('Nothing has run yet.')).toBeVisible()
  await page.getByRole('button', { name: /Deploy “hello”/ }).click()
  await expect(page.getByText('$MILLRACE_API_KEY')).toBeVisible()
  await page.getByRole('button', { name: 'Make an API key for it' }).click()
  const command = (await page.getByText(/Bearer mr_/).textContent()) ?? ''
  const [, key] = /Bearer (mr_\w+)/.exec(command) ?? []
  const [, body] = /-d '(.*)'/.exec(command) ?? []
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const answer = await request.post('/v1/workflows/run', { headers, data: body ?? '' })
  expect(answer.status()).toBe(202)
  await expect(page.getByRole('row').filter({ hasText: 'hello' })).toContainText('Completed')
})

test('the page loads everything from its own server and breaks no rule of its policy', async ({ page }) => {
  const foreign: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith(login().url)) foreign.push(request.url())
  })
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) complaints.push(message.text())
  })
  await open(page, '/executions')
  await expect(page.getByRole('heading', { name: 'Executions', level: 1 })).toBeVisible()
  await page.getByRole('button', { name: 'Switch to dark' }).click()
  await page.reload()
  await expect(page.getByRole('button', { name: 'Switch to light' })).toBeVisible()
  expect(foreign).toEqual([])
  expect(complaints).toEqual([])
})
