import { CODE_LINES_BEFORE } from '#core/components/code-module'
import type { Failure } from '#core/model/failure'

/** What tenant code threw, as its isolate describes it. `name` and `stack` are empty when it was no Error. */
export type Thrown = { readonly name: string; readonly message: string; readonly stack: string }

const FRAMES_MAX = 10
const MESSAGE_CHARS_MAX = 4_000
const FRAME = /^\s+at (?:(?:async )?(.*?) \()?(?:file:\/\/\/)?stages\/([\w-]+)\.js:(\d+):(\d+)\)?$/gm

type Frame = { readonly in: string | null; readonly line: number; readonly column: number }

/** The frames that lie in the author's source, with lines counted from its first. */
function framesOf(stack: string, source: string): Frame[] {
  const linesMax = source.split(/\r\n|[\n\r\u2028\u2029]/).length
  return [...stack.matchAll(FRAME)].flatMap(([, name = '', , lineText, column]) => {
    const line = Number(lineText) - CODE_LINES_BEFORE
    // A function without a name is called after the place our module keeps it in.
    const isNamed = name !== '' && !/^\$\d+$/.test(name)
    return line < 1 || line > linesMax ? [] : [{ in: isNamed ? name : null, line, column: Number(column) }]
  })
}

/** A failure that points into the author's code: where it happened, and how it was reached. */
export function describeThrown({ name, message, stack }: Thrown, source: string): Failure {
  const frames = framesOf(stack, source).slice(0, FRAMES_MAX)
  const [first] = frames
  const what = `${name === '' ? 'The code threw' : name}: ${message.slice(0, MESSAGE_CHARS_MAX)}`
  if (first === undefined) return { code: 'code_threw', message: what }
  const trace = frames.map((frame) =>
    frame.in === null ? `at ${placeOf(frame)}` : `at ${frame.in} (${placeOf(frame)})`,
  )
  const { line, column } = first
  return { code: 'code_threw', message: `${what} (${placeOf(first)})`, details: { line, column, stack: trace } }
}

function placeOf({ line, column }: Frame): string {
  return `line ${line}, column ${column}`
}
