import { run } from '../bootstrap/run.mjs'
import { toolEnv } from '../bootstrap/tool-env.mjs'

/** Runs a tool of node_modules with its output shown; throws when it fails. */
export const tool = (name, args, env = {}) => run(name, args, { env: { ...toolEnv(), ...env }, show: true })

/** Runs a tool of node_modules and answers its output; throws with the output when it fails. */
export const outputOf = (name, args, env = {}) => run(name, args, { env: { ...toolEnv(), ...env } })
