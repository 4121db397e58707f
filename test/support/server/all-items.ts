import type { Caller } from './caller'

/** Every item of a list, page after page. */
// oxlint-disable-next-line typescript/no-explicit-any -- as the answers it is made of
export async function allItems(call: Caller, path: string): Promise<any[]> {
  const items: unknown[] = []
  const more = path.includes('?') ? '&' : '?'
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await call(
      'GET',
      `${path}${more}limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    )
    if (page.status !== 200) throw new Error(page.text)
    items.push(...page.body.items)
    cursor = page.body.nextCursor
  }
  return items
}
