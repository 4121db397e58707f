export const TYPES = { A: 1, CNAME: 5, AAAA: 28 }

/** Names and what they lead to, entry by entry: the n-th question of a type gets the n-th entry, the last one for ever. */
export function createZone() {
  const names = new Map()
  const questions = new Map()
  return {
    set(entries) {
      for (const [name, answers] of Object.entries(entries)) {
        names.set(name, answers)
        for (const type of Object.values(TYPES)) questions.delete(`${name} ${type}`)
      }
    },
    clear() {
      names.clear()
      questions.clear()
    },
    /** The RCODE (0, or 3 for a name that does not exist) and the records, aliases first. */
    answer({ name, type }) {
      const answers = names.get(name)
      if (answers === undefined) return { code: 3, records: [] }
      const key = `${name} ${type}`
      const before = questions.get(key) ?? 0
      questions.set(key, before + 1)
      const entry = answers[Math.min(before, answers.length - 1)]
      const ttl = entry.ttl ?? 60
      const aliases = entry.CNAME ?? []
      const owners = [name, ...aliases]
      const records = aliases.map((data, at) => ({ name: owners[at], type: TYPES.CNAME, ttl, data }))
      const [word] = Object.entries(TYPES).find(([, number]) => number === type) ?? ['']
      const addresses = (entry[word] ?? []).map((data) => ({ name: owners.at(-1), type, ttl, data }))
      return { code: 0, records: [...records, ...addresses] }
    },
  }
}
