/** Words that most of the common long passwords are made of; digits and signs around them change little. */
const WORDS = `
  password passwort motdepasse contrasena senha parola qwerty qwertz azerty qwertyuiop asdfghjkl zxcvbnm qazwsx qazwsxedc
  qweasdzxc admin administrator root user login welcome letmein secret changeme default guest test tester hello monkey
  dragon football baseball basketball iloveyou princess sunshine superman batman spiderman pokemon starwars master
  shadow michael jennifer jordan liverpool chelsea arsenal barcelona manchester summer winter spring autumn internet
  computer samsung google facebook whatever trustno charlie freedom abcdefghijkl abcdef millrace workflow
  correcthorsebatterystaple unbelievable
`
  .trim()
  .split(/\s+/)

const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
}

const RUNS = [
  '01234567890123456789',
  '98765432109876543210',
  'abcdefghijklmnopqrstuvwxyz',
  '1q2w3e4r5t6y7u8i9o0p',
  '1qaz2wsx3edc4rfv5tgb',
]

const DISTINCT_MIN = 5

/** Whether a password is one of those tried first: known words with digits around them, keyboard runs, repetitions. */
export function isCommonPassword(password: string): boolean {
  const text = password.normalize('NFKC').toLowerCase()
  if (new Set(text).size < DISTINCT_MIN) return true
  if (RUNS.some((run) => run.includes(text) || isMadeOf(text, run.slice(0, DISTINCT_MIN)))) return true
  const stem = text.replace(/[^\p{L}]+$/u, '')
  return [text, unmasked(stem), unmasked(text)].map(lettersOf).some(isKnown)
}

const unmasked = (text: string) => [...text].map((char) => LOOKALIKES[char] ?? char).join('')

const lettersOf = (text: string) => text.replaceAll(/[^\p{L}]/gu, '')

/** A known word, alone or several times. Of digits and signs alone nothing is left, and nothing is known. */
function isKnown(letters: string): boolean {
  return WORDS.some((word) => isMadeOf(letters, word))
}

function isMadeOf(text: string, part: string): boolean {
  return text.length > 0 && text.length % part.length === 0 && part.repeat(text.length / part.length) === text
}
