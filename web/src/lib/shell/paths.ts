import { resolve } from '$app/paths'

/** The addresses of the dashboard's pages. */
export const paths = {
  executions: resolve('/(app)/executions'),
  workflows: resolve('/(app)/workflows'),
  signIn: resolve('/(account)/sign-in'),
  signUp: resolve('/(account)/sign-up'),
  execution: (id: string) => resolve('/(app)/executions/[id]', { id }),
}
