import { resolve } from '$app/paths'

/** The addresses of the dashboard's pages. */
export const paths = {
  executions: resolve('/(app)/executions'),
  workflows: resolve('/(app)/workflows'),
  deadLetters: resolve('/(app)/dead-letters'),
  settings: resolve('/(app)/settings'),
  account: resolve('/(app)/settings/account'),
  members: resolve('/(app)/settings/members'),
  keys: resolve('/(app)/settings/keys'),
  newKey: resolve('/(app)/settings/keys/new'),
  projects: resolve('/(app)/settings/projects'),
  audit: resolve('/(app)/settings/audit'),
  signIn: resolve('/(account)/sign-in'),
  forgotPassword: resolve('/(account)/forgot-password'),
  signUp: resolve('/(account)/sign-up'),
  workflow: (id: string) => resolve('/(app)/workflows/[id]', { id }),
  project: (id: string) => resolve('/(app)/settings/projects/[id]', { id }),
  deliveries: (id: string) => resolve('/(app)/deployments/[id]/deliveries', { id }),
  execution: (id: string) => resolve('/(app)/executions/[id]', { id }),
}
