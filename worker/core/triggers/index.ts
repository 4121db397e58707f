// The register: one line a trigger type, and nothing else lives here.
export { manual } from './manual'
export { webhook } from './webhook'
export { schedule } from './schedule'
export { appEvent } from './app-event'
export { email } from './email'
export { database } from './database'
export { file } from './file'
export { queue } from './queue'
