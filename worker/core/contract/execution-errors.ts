import type { ErrorEntry } from './error-entry'

/** Refusals of calls about what runs or ran. */
export const EXECUTION_ERRORS = {
  environment_required: {
    status: 409,
    title: 'The workflow is active in several environments.',
    hint: 'Name one in "environment".',
  },
  environment_unknown: {
    status: 404,
    title: 'There is no such environment.',
    hint: 'GET /v1/environments lists those there are.',
  },
  input_invalid: { status: 422, title: 'The input does not fit the inputSchema of the workflow.', hint: 'See issues.' },
  execution_finished: {
    status: 409,
    title: 'The execution has ended already.',
    hint: 'It stays as it is; retry or replay it to run it again.',
  },
  too_many_signals: {
    status: 429,
    title: 'The execution has more signals than it may have.',
    hint: 'An execution takes up to 1,000 signals of 4 MiB together.',
  },
  signal_link_unknown: { status: 404, title: 'There is nothing behind this link.', hint: 'Check that it is complete.' },
  signal_link_used: {
    status: 410,
    title: 'This link has done its work.',
    hint: 'It was used already, or the workflow no longer waits for it.',
  },
  signal_link_expired: { status: 410, title: 'This link has expired.', hint: 'The workflow no longer waits for it.' },
  execution_not_finished: { status: 409, title: 'The execution has not ended yet.', hint: 'Cancel it first, or wait.' },
  stage_unknown: { status: 422, title: 'The execution has no such stage.', hint: 'The detail lists those it has.' },
  nothing_to_retry: {
    status: 409,
    title: 'No stage of the execution failed.',
    hint: 'Name a stage in "fromStage", or replay.',
  },
  journal_too_long: {
    status: 422,
    title: 'What a retry would keep is more than can be handed on.',
    hint: 'Replay it: that runs it from the start. Or retry from an earlier stage, which keeps less.',
  },
  output_gone: {
    status: 410,
    title: 'What stages of the execution put out is no longer stored.',
    hint: 'Replay it: that runs it from the start.',
  },
  nothing_to_redeliver: {
    status: 409,
    title: 'This call started nothing, so there is nothing to start again.',
    hint: 'Its reason says why it was refused. Correct that, and let its sender send it again.',
  },
  delivery_input_gone: {
    status: 410,
    title: 'What this call brought is no longer stored.',
    hint: 'Its execution was removed, or is older than executions are kept. Let its sender send it again.',
  },
  release_gone: {
    status: 409,
    title: 'The release is no longer stored.',
    hint: 'GET /v1/deployments/{id}/history lists releases; deploy the version again to make a new one.',
  },
  environment_unavailable: {
    status: 503,
    title: 'The values the workflow was released with cannot be opened.',
    hint: 'See issues. When none can be set either, whoever runs this service took a master key away too early.',
  },
  too_many_live: {
    status: 429,
    title: 'Too many executions of this deployment are unfinished.',
    hint: 'Wait for Retry-After seconds.',
  },
} as const satisfies Record<string, ErrorEntry>
