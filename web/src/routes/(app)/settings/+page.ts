import { redirect } from '@sveltejs/kit'
import { paths } from '#lib/shell/paths.ts'

export function load(): never {
  redirect(307, paths.account)
}
