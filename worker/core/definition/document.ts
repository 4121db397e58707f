import * as z from 'zod'
import { componentOf } from '../components/registry'
import { isOneLine, ONE_LINE_RULE } from '../kernel/is-one-line'
import { isJsonObject, type Json, type JsonObject } from '../kernel/json'
import { LIMITS } from '../model/limits'
import { TriggerDocument } from '../triggers/registry'
import { nameTriggers } from './name-triggers'

const FORBIDDEN_IDS = ['__proto__', 'constructor', 'prototype']

export const StageId = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'A stage id starts with a letter and has at most 64 letters, digits, - or _.')
  .refine((id) => !FORBIDDEN_IDS.includes(id), 'This stage id is reserved.')
  .meta({ title: 'Id', description: 'Unique within the workflow; expressions read stages.<id>.' })

const Config = z
  .custom<JsonObject>(isJsonObject, 'The config must be an object.')
  .default({})
  .meta({ title: 'Config', description: 'What the component needs; any string may hold {{ expressions }}.' })

const Description = z.string().max(2_000).nullable().default(null)

export const StageDocument = z.strictObject({
  id: StageId,
  name: z.string().max(200).refine(isOneLine, ONE_LINE_RULE).nullable().default(null).meta({ title: 'Name' }),
  description: Description,
  component: z.string().meta({ title: 'Component', description: 'What the stage does.' }),
  depends_on: z.array(z.string()).default([]).meta({
    title: 'Depends on',
    description: 'Stages that must end before this one starts.',
  }),
  config: Config,
  join: z.enum(['all', 'any', 'always']).default('all').meta({
    title: 'Join',
    description: 'Runs when all of its dependencies completed, when any did, or whatever became of them.',
  }),
  enabled: z.boolean().default(true).meta({ title: 'Enabled', description: 'false: the stage is skipped.' }),
  on_error: z.enum(['fail', 'continue']).default('fail').meta({
    title: 'On error',
    description: 'Whether a failure fails the execution.',
  }),
})

const Settings = z.strictObject({
  timeout_ms: z
    .int()
    .min(LIMITS.stageTimeoutMsMin)
    .max(LIMITS.executionTimeoutMsMax)
    .default(LIMITS.executionTimeoutMsDefault)
    .meta({ title: 'Timeout', description: 'Milliseconds an execution may take.' }),
  concurrency: z
    .int()
    .min(1)
    .max(LIMITS.liveExecutionsPerShardMax)
    .nullable()
    .default(null)
    .meta({ title: 'Concurrency', description: 'Executions that may be live at once; absent = unlimited.' }),
  retention_days: z.int().min(1).max(3_650).nullable().default(null).meta({
    title: 'Retention',
    description:
      'Days executions are kept after they ended, at least: they go in blocks of 64 neighbours, with the last of them; absent = 30. The live version decides for all of its deployment.',
  }),
  sensitive: z.boolean().optional().meta({
    title: 'Sensitive',
    description: 'Whoever reads the workflow, its executions or their traces is written into the audit.',
  }),
})

const EnvironmentName = z.string().min(1).max(64)

/** The document as users write it: every key it may have, and nothing else. */
export const WorkflowDocument = z.strictObject({
  $schema: z.string().optional().meta({ title: 'Schema', description: 'For editors; ignored.' }),
  name: z.string().trim().min(1).max(200).refine(isOneLine, ONE_LINE_RULE).meta({ title: 'Name' }),
  description: Description,
  version: z.string().max(64).optional().meta({ title: 'Version', description: "The author's own mark; ignored." }),
  tags: z
    .array(z.string().trim().min(1).max(64).refine(isOneLine, ONE_LINE_RULE))
    .max(50)
    .optional()
    .meta({ title: 'Tags' }),
  metadata: z.record(z.string(), z.unknown()).optional().meta({ title: 'Metadata', description: 'Free; ignored.' }),
  environment: z
    .union([EnvironmentName, z.array(EnvironmentName).min(1)])
    .nullable()
    .default(null)
    .meta({ title: 'Environment', description: 'Deploying anywhere else is refused.' }),
  triggers: z.array(TriggerDocument).max(50).default([]),
  stages: z.array(StageDocument).min(1, 'A workflow has at least one stage.').max(LIMITS.stagesMax),
  output: z.unknown().optional().meta({
    title: 'Output',
    description: 'What the execution answers; absent = the output of the last completed leaf.',
  }),
  settings: Settings.default(() => Settings.parse({})),
})

/** A stage as the program knows it: aliases normalised, every key present. */
export type Stage = z.output<typeof StageDocument>
export type WorkflowSettings = z.output<typeof Settings>
export type Trigger = TriggerDocument & { readonly id: string }

/** A document, normalised: what is stored as a version, digested, planned and run. */
export type Workflow = {
  readonly name: string
  readonly description: string | null
  /** Environments it may be deployed to; null = any. */
  readonly environment: readonly string[] | null
  readonly triggers: readonly Trigger[]
  readonly stages: readonly Stage[]
  /** Absent = the output of the last completed leaf. */
  readonly output?: Json
  readonly settings: WorkflowSettings
}

function normalise(document: z.output<typeof WorkflowDocument>): Workflow {
  const { name, description, environment, triggers, stages, output, settings } = document
  return {
    name,
    description,
    environment: typeof environment === 'string' ? [environment] : environment,
    triggers: nameTriggers(triggers),
    stages: stages.map((stage) => ({
      ...stage,
      component: componentOf(stage.component)?.type ?? stage.component,
      depends_on: [...new Set(stage.depends_on)],
    })),
    ...(output === undefined ? {} : { output: output as Json }),
    settings,
  }
}

/**
 * The shape of a document, as written or as stored; the output is normalised. It knows nothing of graphs, configs and
 * expressions: validateWorkflow judges those, and only what it let pass is ever stored as a version.
 */
export const Workflow: z.ZodType<Workflow> = WorkflowDocument.transform(normalise)
