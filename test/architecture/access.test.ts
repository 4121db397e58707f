import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { API } from '#core/contract/api'
import { accessPage } from './access-page'
import { root } from './cruise'

test('the page of who may do what is what the tables say: run node scripts/access.mjs', async () => {
  expect(readFileSync(path.join(root, 'docs/design/access.md'), 'utf8')).toBe(await accessPage())
})

test('the page has a row for every operation', async () => {
  const page = (await accessPage()).replace(/ +\|/g, ' |')
  for (const { method, path: address } of Object.values(API)) expect(page).toContain(`| \`${method} ${address}\` |`)
})
