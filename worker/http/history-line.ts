import { type EpochMs, toIso } from '#core/kernel/time'
import type { HistoryEntry } from '#core/release/wire'

/** One switch as answers write it, with the line people read (S60). */
export function historyLine(entry: HistoryEntry) {
  const { releaseId, kind, version, from, by, releaseNotes, gitCommit, reason } = entry
  const note = releaseNotes ?? reason
  const parts = [version, clockTime(entry.at), by.email ?? by.id, ...(note === null ? [] : [JSON.stringify(note)])]
  return {
    releaseId,
    kind,
    version,
    from,
    at: toIso(entry.at),
    by,
    releaseNotes,
    gitCommit,
    reason,
    line: parts.join('  '),
  }
}

/** `2024-01-05 10:30 AM`, in UTC. */
function clockTime(at: EpochMs): string {
  const iso = toIso(at)
  const hours = Number(iso.slice(11, 13))
  const half = hours < 12 ? 'AM' : 'PM'
  return `${iso.slice(0, 10)} ${String(hours % 12 === 0 ? 12 : hours % 12).padStart(2, '0')}:${iso.slice(14, 16)} ${half}`
}
