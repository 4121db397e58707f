import { setTimeout as wait } from 'node:timers/promises'

const pollMs = 250

/** What D1's execution index knows of the workflow: how many ended, how many of them well, first accept and last end (epoch ms). */
export async function indexOf(server, workflowId) {
  const [row] = await server.query(
    `SELECT count(ended_at) AS ended, coalesce(sum(status = 'completed'), 0) AS completed,
            min(accepted_at) AS firstAcceptedAt, max(ended_at) AS lastEndedAt
     FROM executions WHERE workflow_id = ?`,
    workflowId,
  )
  return row
}

/** Waits until the index has `count` ended executions of the workflow, for as long as it keeps growing. */
export async function indexed(server, workflowId, count, patienceMs = 30_000) {
  let seen = -1
  for (let grewAt = performance.now(); performance.now() - grewAt < patienceMs; await wait(pollMs)) {
    const known = await indexOf(server, workflowId)
    if (known.ended >= count) return known
    if (known.ended > seen) {
      seen = known.ended
      grewAt = performance.now()
    }
  }
  throw new Error(`Of ${count} executions only ${seen} reached the index, and no more came within ${patienceMs} ms.`)
}
