import { expect, test } from 'vitest'
import { EmailShape } from '#core/contract/email-shape'

test.each([
  [' Ann@Example.COM ', 'ann@example.com'],
  ['ａｎｎ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'ann@example.com'],
  ['ann+tag@xn--bcher-kva.example', 'ann+tag@xn--bcher-kva.example'],
  ['\u212Aen@example.com', 'ken@example.com'],
])('one address has one spelling: %s', (written, read) => {
  expect(EmailShape.parse(written)).toBe(read)
})

test.each([
  'аnn@example.com', // Cyrillic а
  'ann@ехample.com', // Cyrillic ех
  'ann@exаmple.com',
  'ann@bücher.example',
  'ıan@example.com', // dotless i
  'ann\u200b@example.com',
  'ann\u202e@example.com',
  'ann@example',
  'ann@@example.com',
  '@example.com',
  'ann@example.com\nbcc: bob@example.com',
  `${'a'.repeat(65)}@example.com`,
  `a@${'b'.repeat(320)}.com`,
])('an address that looks like another, or like none, is refused: %s', (written) => {
  expect(EmailShape.safeParse(written).success).toBe(false)
})
