import { resolve } from '$app/paths'

/** The addresses of the dashboard's pages. */
export const paths = {
  executions: resolve('/(app)/executions'),
  workflows: resolve('/(app)/workflows'),
  deadLetters: resolve('/(app)/dead-letters'),
  signIn: resolve('/(account)/sign-in'),
  signUp: resolve('/(account)/sign-up'),
  workflow: (id: string) => resolve('/(app)/workflows/[id]', { id }),
  execution: (id: string) => resolve('/(app)/executions/[id]', { id }),
}
