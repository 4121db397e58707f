import * as z from 'zod'
import type { CodeAnswer } from '#core/components/code-call'
import type { Json } from '#core/kernel/json'
import { LIMITS } from '#core/model/limits'
import type { CodeBundle, CodeHost, CodeRun, CodeRunner } from '../../ports/code-runner'
import { report } from '../log/report'
import { CodeGate, FETCHES_MAX, LINES_MAX } from './code-gate'
import { describeThrown, withOwnPlaces } from './describe-thrown'
import { workerCode, workerId, type IsolatedWorkerCode } from './worker-code'

/** The platform's loader, for nothing but code that workerCode made. */
type IsolateLoader = { get(name: string, code: () => IsolatedWorkerCode): Pick<WorkerStub, 'getEntrypoint'> }

export type CodeRunnerDeps = {
  readonly loader: IsolateLoader
  /** Where whatever the code of a release sends by itself ends up. */
  readonly gatewayOf: (bundle: CodeBundle) => Fetcher
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** What the platform stops by itself; where it cannot count (locally) only the clock of the caller does. */
const CPU_MS_MAX = 30_000
/** How long code may compute without a pause where the clock goes on meanwhile, which is locally; it shares a thread there. */
const STRETCH_MS_MAX = 10_000
const INPUT_CHARS_MAX = LIMITS.outputBytesMax

const Ended = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('returned'), json: z.string() }),
  z.object({ kind: z.literal('not_json'), path: z.string(), problem: z.string() }),
  z.object({ kind: z.literal('too_large'), chars: z.number() }),
  z.object({ kind: z.literal('threw'), name: z.string(), message: z.string(), stack: z.string() }),
  z.object({ kind: z.literal('no_function') }),
  z.object({ kind: z.literal('overlong') }),
])

interface Entrypoint extends Rpc.WorkerEntrypointBranded {
  run(stage: string, inputs: string, given: string, gate: CodeGate): Promise<z.input<typeof Ended>>
}

/** Runs code in the dynamic worker of its release, loaded at most once per isolate of the platform. */
export function createCodeRunner({ loader, gatewayOf, sleep }: CodeRunnerDeps): CodeRunner {
  const ids = new WeakMap<CodeBundle, Promise<string>>()
  const idOf = (bundle: CodeBundle) => {
    const id = ids.get(bundle) ?? workerId(bundle)
    ids.set(bundle, id)
    return id
  }
  return async (run, host) => {
    const inputs = JSON.stringify(run.inputs)
    if (inputs.length > INPUT_CHARS_MAX) return tooMuchInput(inputs.length)
    const stub = loader.get(await idOf(run.bundle), () => workerCode(run.bundle, gatewayOf(run.bundle)))
    const limits = { cpuMs: Math.min(run.timeoutMs, CPU_MS_MAX), subRequests: FETCHES_MAX + LINES_MAX + 1 }
    const over = new AbortController()
    const gate = new CodeGate(authored(host, run), run.timeoutMs, over.signal)
    const call = stub.getEntrypoint<Entrypoint>(undefined, { limits }).run(run.source, inputs, givenTo(run), gate)
    try {
      return await Promise.race([
        call.then(
          (answer) => answerOf(answer, run),
          (error: unknown) => explain(error, run),
        ),
        sleep(run.timeoutMs, over.signal).then(() => timedOut(run.timeoutMs)),
        abortOf(host.signal),
      ])
    } finally {
      over.abort()
    }
  }
}

/** The same host, to which stacks on the console say where in the author's source they come from. */
function authored(host: CodeHost, { bundle }: CodeRun): CodeHost {
  return { ...host, log: (level, message, fields) => host.log(level, withOwnPlaces(message, bundle.sources), fields) }
}

function givenTo({ secrets, execution, timeoutMs }: CodeRun): string {
  return JSON.stringify({ given: { secrets, execution }, stretchMsMax: Math.min(timeoutMs, STRETCH_MS_MAX) })
}

function failed(code: string, message: string, hint?: string, details?: Json): CodeAnswer {
  return {
    kind: 'failed',
    failure: { code, message, ...(hint !== undefined && { hint }), ...(details !== undefined && { details }) },
  }
}

function answerOf(answer: unknown, { bundle, timeoutMs }: CodeRun): CodeAnswer {
  const ended = Ended.parse(answer)
  switch (ended.kind) {
    case 'returned':
      return { kind: 'returned', output: JSON.parse(ended.json) as Json }
    case 'threw':
      return { kind: 'failed', failure: describeThrown(ended, bundle.sources) }
    case 'not_json': {
      const { path, problem } = ended
      const place = path === '' ? '' : `, at ${path}`
      const hint = 'Return plain objects, lists, text, finite numbers, true, false and null.'
      return failed('output_not_json', `The output cannot be kept as JSON: ${problem}${place}.`, hint, {
        path,
        problem,
      })
    }
    case 'too_large': {
      const message = `The output takes ${ended.chars} characters as JSON; at most ${LIMITS.outputBytesMax} bytes are kept.`
      return failed('output_too_large', message, 'Return less, or keep only what later stages need.')
    }
    case 'overlong':
      return timedOut(timeoutMs)
    case 'no_function':
      return failed('code_no_function', 'The default export of the code is not a function.')
  }
}

function timedOut(timeoutMs: number): CodeAnswer {
  return failed('code_timeout', `The code did not return within ${timeoutMs} ms.`, 'Raise "timeout", or do less.')
}

function tooMuchInput(chars: number): CodeAnswer {
  const message = `The inputs take ${chars} characters as JSON; at most ${INPUT_CHARS_MAX} are handed over.`
  return failed('code_inputs_too_large', message, 'Pass only the fields that the code reads.')
}

function abortOf(signal: CodeHost['signal']): Promise<CodeAnswer> {
  return new Promise((resolve) => {
    const stop = () => resolve(failed('code_aborted', 'The code was given up because its execution ended.'))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

/** The platform's own error is for the operators: it may speak of what is none of the author's business. */
function explain(error: unknown, { source, bundle }: CodeRun): CodeAnswer {
  const text = String(error)
  if (/cpu/i.test(text))
    return failed('code_cpu_exceeded', 'The code computed for longer than it may.', 'Do less at a time.')
  if (/memory/i.test(text)) {
    return failed('code_memory_exceeded', 'The code needs more memory than an isolate has.', 'Work on less at a time.')
  }
  report('code_isolate_failed', { versionId: bundle.versionId, stage: source, error: text })
  return failed('code_isolate_failed', 'The isolate of the code could not be started or was stopped.', 'Run it again.')
}
