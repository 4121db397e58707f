import { defineScheme } from './define-scheme'

export const none = defineScheme({
  type: 'none',
  title: 'None',
  description: 'Whoever knows the address may call.',
  config: {},
  secrets: [],
  claim: () => ({ kind: 'open' }),
})
