export type Call = { method?: string; path?: string; headers?: Record<string, string>; body?: string }
export type Summary = {
  count: number
  seconds: number
  perSecond: number
  p50Ms: number
  p99Ms: number
  latenciesMs: number[]
  failures: string[]
}
export function load(
  url: string,
  options: {
    connections: number
    total?: number
    durationMs?: number
    request: (n: number) => Call
    gate?: () => Promise<void>
  },
): Promise<Summary>
