import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** `{pid, parent, name}` of every process: from /proc, or from ps where there is none. */
export function processTable() {
  if (process.platform !== 'linux')
    return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
      .filter(Boolean)
      .map(([, pid, parent, name]) => ({ pid: Number(pid), parent: Number(parent), name }))
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        // pid (name) state parent …; a name may hold spaces and brackets
        const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))
        return [{ pid: Number(pid), parent: Number(parent), name }]
      } catch {
        return [] // ended meanwhile
      }
    })
}
