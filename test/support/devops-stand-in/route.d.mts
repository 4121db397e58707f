import type { StandInWorld } from './world.mjs'

export type StandInRequest = {
  method: string
  host: string
  path: string
  query: URLSearchParams
  headers: Record<string, string>
  body: unknown
}

export function route(request: StandInRequest, world: StandInWorld): { name: string; status: number; body?: unknown }
