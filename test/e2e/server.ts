import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, type Page } from '@playwright/test'

type Login = { readonly url: string; readonly apiKey: string; readonly email: string; readonly password: string }
type Demo = { readonly webhookPath: string; readonly webhookKey: string }

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as unknown

/** How to get into the server of this run: what `npm start` prints. */
export function login(): Login {
  return readJson(process.env.MILLRACE_DEV_FILE ?? '') as Login
}

const demo = () => readJson(path.join(process.env.E2E_FOLDER ?? '', 'state/demo.json')) as Demo

/** The address of the deployed example. */
export function webhookUrl(): URL {
  return new URL(demo().webhookPath, login().url)
}

/** Posts an order to the deployed example, as the printed curl does. Answers the id of its execution once lists show it. */
export async function postOrder(order: Readonly<Record<string, unknown>>): Promise<string> {
  const answer = await fetch(webhookUrl(), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': demo().webhookKey },
    body: JSON.stringify(order),
  })
  const { executionId } = (await answer.json()) as { executionId: string }
  await expect.poll(completed).toContain(executionId)
  return executionId
}

/** Ids of the newest executions that lists show as completed. */
async function completed(): Promise<readonly string[]> {
  const { url, apiKey } = login()
  const headers = { authorization: `Bearer ${apiKey}` }
  const answer = await fetch(`${url}/v1/executions?status=completed`, { headers })
  const { items } = (await answer.json()) as { items: readonly { executionId: string }[] }
  return items.map((item) => item.executionId)
}

async function statusOf(executionId: string): Promise<string> {
  const { url, apiKey } = login()
  const headers = { authorization: `Bearer ${apiKey}` }
  const answer = await fetch(`${url}/v1/executions/${executionId}`, { headers })
  return ((await answer.json()) as { status: string }).status
}

/** Calls the API with the key of this run. */
export async function call<A>(method: string, path: string, body: unknown): Promise<A> {
  const { url, apiKey } = login()
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
  const answer = await fetch(url + path, { method, headers, body: JSON.stringify(body) })
  expect(answer.ok, `${method} ${path} answered ${answer.status}`).toBe(true)
  return (await answer.json()) as A
}

/** Saves a workflow of these stages under a name of its own. Answers its id. */
export async function saveWorkflow(name: string, stages: readonly object[]): Promise<string> {
  const definition = { name: `${name}-${randomUUID().slice(0, 8)}`, triggers: [{ type: 'manual' }], stages }
  return (await call<{ id: string }>('POST', '/v1/workflows', { definition })).id
}

/** Deploys a workflow of these stages and starts it. Answers the id of the execution once it has this status. */
export async function runUntil(status: string, name: string, stages: readonly object[]): Promise<string> {
  const target = { workflowId: await saveWorkflow(name, stages), environment: 'development' }
  await call('POST', '/v1/workflows/deploy', target)
  const { executionId } = await call<{ executionId: string }>('POST', '/v1/workflows/run', target)
  await expect.poll(() => statusOf(executionId)).toBe(status)
  return executionId
}

/** Fills in the sign-in form that is on screen. */
export async function fillSignIn(page: Page, password = login().password): Promise<void> {
  await page.getByLabel('Email').fill(login().email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Opens a page of the dashboard, signed in. */
export async function open(page: Page, address: string): Promise<void> {
  const { email, password } = login()
  const answer = await page.request.post('/v1/auth/sign-in', { data: { email, password } })
  expect(answer.status()).toBe(200)
  await page.goto(address)
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible()
}

/** How far the page can be scrolled to the side, in pixels. */
export function sidewaysPx(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}
