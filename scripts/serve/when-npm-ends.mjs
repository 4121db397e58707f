import { processTable } from './process-table.mjs'

const checkEveryMs = 500

/** Calls `stop` once the npm that started us is gone, since a killed npm leaves its children running. */
export function whenNpmEnds(stop) {
  if (!process.env.npm_lifecycle_event || process.platform === 'win32') return
  const lineage = () => {
    const table = processTable()
    const parentOf = (pid) => table.find((entry) => entry.pid === pid)?.parent
    return `${process.ppid} ${parentOf(process.ppid)}` // npm → sh → us
  }
  const initial = lineage()
  const timer = setInterval(() => {
    if (lineage() === initial) return
    clearInterval(timer)
    stop()
  }, checkEveryMs)
  timer.unref()
}
