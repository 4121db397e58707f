import { describe, expect, test } from 'vitest'
import { NewPasswordShape } from '#core/contract/password-shape'

const isAccepted = (password: string) => NewPasswordShape.safeParse(password).success

describe('a new password', () => {
  test.each(['short', 'elevenchars', 'ünïcödé 😀😀', ''])(
    'with fewer than 12 characters is refused: %s',
    (password) => {
      expect(isAccepted(password)).toBe(false)
    },
  )

  test.each([
    'password1234',
    'Password123!',
    'p@ssw0rd2024',
    'P4$$w0rd!!!!',
    'passwordpassword',
    'qwertyuiop12',
    'QwertyQwerty1',
    '123456789012',
    '210987654321',
    'abcdefghijklm',
    '1q2w3e4r5t6y',
    'iloveyou2023!',
    'administrator',
    'letmeinletmein',
    'welcome12345',
    'aaaaaaaaaaaa',
    'abababababab',
    'correcthorsebatterystaple',
    'ｐａｓｓｗｏｒｄ１２３４',
    'millrace2026!',
  ])('that everybody tries first is refused: %s', (password) => {
    expect(isAccepted(password)).toBe(false)
  })

  test.each([
    'correct horse battery',
    'a long enough password',
    'tr0ubadour&3xtra',
    '        spaces count',
    '路上の猫は三匹の犬より強いよ',
  ])('may be anything else: %s', (password) => expect(isAccepted(password)).toBe(true))

  test('has at most 1,024 bytes, however few characters these are', () => {
    expect(isAccepted('ab1-€'.repeat(146))).toBe(true)
    expect(isAccepted('ab1-€'.repeat(147))).toBe(false)
  })
})
