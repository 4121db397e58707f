/** Where to go after signing in: a path of this site, or the executions when the address names anything else. */
export function safeNext(next: string | null): string {
  if (next === null || !/^\/(?![/\\])/.test(next) || /[\s\\]/.test(next)) return '/executions'
  return next
}
