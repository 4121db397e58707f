import { encodeBytes } from '#core/kernel/crockford'
import type { RandomBytes } from '#core/kernel/id'

/** 160 random bits that go out in a letter; only their hash is kept. */
export function newMailedToken(randomBytes: RandomBytes): string {
  return encodeBytes(randomBytes(20))
}

/** A page of the dashboard with the token behind `#`, where no server and no Referer header sees it. */
export function mailedLink(origin: string, page: string, token: string): string {
  return `${origin}/${page}#${token}`
}
