/** An id short enough for a row: its prefix and its last characters, which differ most. */
export function shortId(id: string): string {
  const [prefix = '', rest = ''] = id.split('_')
  return rest.length <= 8 ? id : `${prefix}_…${rest.slice(-6)}`
}
