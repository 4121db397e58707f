import type { JsonObject } from '#core/kernel/json'
import { runPlan, type SimulatedWorld } from '../../support/run-plan'
import { planOfExample } from './plan-of-example'
import { readExample } from './read-example'
import { standInWorld } from './stand-in-world'

const secrets = {
  GITHUB_TOKEN: 'github-token-for-tests',
  K8S_TOKEN: 'kubernetes-token-for-tests',
  SLACK_WEBHOOK: 'https://hooks.slack.com/services/T000/B000/for-tests',
}

const attemptMs = 100

/** What the pipeline's `output` looks like (S154). */
export type PipelineOutput = {
  deployment: { status: string; duration_ms: number; stages_completed: number } & Record<string, string>
  health_check: { staging: string; production: string }
  tests: { passed: boolean | null; total: number | null; failed: number | null }
  notifications: { slack: string }
}

/** Runs the CI/CD pipeline with the sample input against the stand-in; `changes` replace parts of the world. */
export async function runPipeline(
  scenario: string,
  changes: (http: NonNullable<SimulatedWorld['http']>) => Partial<SimulatedWorld> = () => ({}),
) {
  const standIn = standInWorld(scenario)
  const input = readExample('cicd/input.json') as JsonObject
  const world = { input, secrets, http: standIn.http, ai: standIn.ai, attemptMs, ...changes(standIn.http) }
  const run = await runPlan(planOfExample('cicd/deploy.pipeline.json'), world)
  return { ...run, standIn, output: run.end.output as PipelineOutput }
}
