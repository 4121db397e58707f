import * as z from 'zod'
import { defineOperation } from './operation'
import { IdParam, ReferenceShape } from './page'
import { RUN_WAIT_MS_MAX, runOperations } from './run'
import { DefinitionShape } from './workflows'
import { START_REFUSALS } from './start-refusals'

/** Trying a draft out. */
export const testRunOperations = {
  testWorkflow: defineOperation({
    method: 'POST',
    path: '/v1/workflows/{id}/test',
    tag: 'Executions',
    summary: 'Runs the draft, or the document given, without deploying it',
    scope: 'executions:run',
    params: IdParam,
    body: z.strictObject({
      input: z.record(z.string(), z.unknown()).default({}),
      definition: DefinitionShape.optional().describe('Run in place of the draft; needs workflows:write too'),
      environment: ReferenceShape.default('development').describe(
        'Whose variables and secrets it uses; all but development need deploy:<environment> too',
      ),
      mocks: z
        .record(z.string(), z.unknown())
        .default({})
        .describe('Outputs by stage id: those stages are not run and complete with them at once'),
      wait: z.union([z.boolean(), z.int().min(1).max(RUN_WAIT_MS_MAX)]).default(false),
    }),
    bodyOptional: true,
    refusals: ['definition_invalid', ...START_REFUSALS],
    responses: runOperations.runWorkflow.responses,
  }),
}
