import type { Summary } from './load.mjs'

export function summarize(run: { latenciesMs: number[]; failures: string[]; seconds: number }): Summary
