const passedThrough = [
  'MASTER_KEYS',
  'AI_BASE_URL',
  'AI_API_KEY',
  'AI_GATEWAY_ACCOUNT_ID',
  'AI_GATEWAY_ID',
  'AI_GATEWAY_TOKEN',
  'AI_GATEWAY_API_KEY',
  'GITHUB_CLIENT_ID',
  'GITHUB_CLIENT_SECRET',
  'GOOGLE_CLIENT_ID',
  'GOOGLE_CLIENT_SECRET',
  'HOOKS_URL',
  'EGRESS_DOH_URL',
  'MILLRACE_DEV_ALLOW_HOSTS',
  'MILLRACE_DEV_HOST_MAP',
  'DOORBELL_HOLD_MS',
  'GROW_AT_ACCEPTS_PER_SECOND',
  'RUNNING_PER_ORGANIZATION',
  'REINDEX_SINCE',
]

/** What the shell's environment may set in the local worker. */
export const varsFromShell = () =>
  Object.fromEntries(passedThrough.filter((name) => process.env[name]).map((name) => [name, process.env[name]]))
