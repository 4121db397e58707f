/** An id short enough for a row: its prefix, its time and its last characters. */
export function shortId(id: string): string {
  const [prefix = '', rest = ''] = id.split('_')
  return rest.length <= 13 ? id : `${prefix}_${rest.slice(0, 9)}…${rest.slice(-3)}`
}
