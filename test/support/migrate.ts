import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

// A set-up file of both workerd projects: runs before each test file, and applies only what is missing.
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
