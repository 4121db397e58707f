import { existsSync } from 'node:fs'

const systemChromium = '/usr/bin/chromium'

/** The browser of the tests: CHROME_PATH, else the system's chromium, else the one npm brought. Never none. */
export async function chromium(): Promise<{ executablePath: string; args: string[] }> {
  // As root, as in most containers, chromium refuses to start with its sandbox.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const installed = process.env.CHROME_PATH ?? (existsSync(systemChromium) ? systemChromium : undefined)
  if (installed) return { executablePath: installed, args }
  // Makes the package unpack the system libraries too; it reads the variable while it is loaded.
  process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs22.x'
  const { default: packaged } = await import('@sparticuz/chromium')
  return { executablePath: await packaged.executablePath(), args: ['--no-sandbox'] }
}
