export type Row = {
  quantity: string
  measured: string
  floor?: string
  ratio?: string
  target?: string
  ok?: boolean
}
export function table(rows: readonly Row[]): string
