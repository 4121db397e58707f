const full = {
  loadMs: 4_000,
  turnMs: 500,
  pairs: 16,
  rounds: 2,
  burst: 2_000,
  sustainedMs: 20_000,
  idleCalls: 100,
  chainRuns: 200,
  committedRuns: 20,
  switches: 10,
  executions: 100_000,
  executionsFirst: 10_000,
  costTogether: 1_280,
  costAlone: 64,
  items: 10_000,
  coldStart: true,
}

const quick = {
  ...full,
  loadMs: 1_500,
  turnMs: 200,
  pairs: 10,
  rounds: 1,
  sustainedMs: 6_000,
  idleCalls: 30,
  chainRuns: 60,
  committedRuns: 6,
  switches: 4,
  executions: 8_000,
  executionsFirst: 2_000,
  costTogether: 640,
  costAlone: 64,
  coldStart: false,
}

/** How much of everything a run does: the full one within 15 minutes, the quick one within about two. */
export const sizesOf = (isQuick) => (isQuick ? quick : full)
