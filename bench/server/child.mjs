// Serves one bundle for the bench, in a process of its own: the load generator keeps its event loop, and the server ends
// when the bench does. Arguments: JSON of startServer's options. Speaks over IPC: ready, then answers {id, sql, values}.
import { migrate } from '../../scripts/serve/migrate.mjs'
import { startServer } from '../../scripts/serve/miniflare.mjs'
import { processTable } from '../../scripts/serve/process-table.mjs'

const { database: hasDatabase, ...options } = JSON.parse(process.argv[2])
const server = await startServer({ port: 0, assets: false, ...options })
const database = await server.database()
if (hasDatabase) await migrate(database)
const workerd = processTable().find(({ parent, name }) => parent === process.pid && name.includes('workerd'))

const answer = ({ id, sql, values }) =>
  database
    .prepare(sql)
    .bind(...values)
    .all()
    .then(({ results }) => ({ id, results }))
    .catch((error) => ({ id, error: String(error) }))

process.on('message', (question) => void answer(question).then((answered) => process.send(answered)))
process.on('disconnect', () => void server.dispose().finally(() => process.exit(0)))
const inspectorUrl = options.inspectorPort === undefined ? undefined : (await server.inspectorUrl()).href
process.send({ url: server.url, workerdPid: workerd?.pid, inspectorUrl })
