import { excerpt } from '#core/kernel/excerpt'
import { placeInSource, type CodePlace } from '#core/components/code-module'
import type { Failure } from '#core/model/failure'

/** What tenant code threw, as its isolate describes it. `name` and `stack` are empty when it was no Error. */
export type Thrown = { readonly name: string; readonly message: string; readonly stack: string }

export type CodeSources = ReadonlyMap<string, string>

const FRAMES_MAX = 10
const MESSAGE_CHARS_MAX = 4_000
const PLACE = String.raw`(?:file:\/\/\/)?stages\/([\w-]+)\.js:(\d+):(\d+)`

type Frame = CodePlace & { readonly in: string | null }

/** A failure that points into the author's code: where it happened, and how it was reached. */
export function describeThrown({ name, message, stack }: Thrown, sources: CodeSources): Failure {
  const frames = framesOf(stack, sources).slice(0, FRAMES_MAX)
  const [first] = frames
  const what = `${name === '' ? 'The code threw' : name}: ${excerpt(message, MESSAGE_CHARS_MAX)}`
  if (first === undefined) return { code: 'code_threw', message: what }
  const trace = frames.map((frame) => `at ${frame.in === null ? wordsOf(frame) : `${frame.in} (${wordsOf(frame)})`}`)
  const { line, column } = first
  return { code: 'code_threw', message: `${what} (${wordsOf(first)})`, details: { line, column, stack: trace } }
}

/** A text in which places of modules are written as the author counts: `stages/sum.js:4:44` as `sum:3:39`. */
export function withOwnPlaces(text: string, sources: CodeSources): string {
  if (!text.includes('stages/')) return text
  return text.replace(new RegExp(PLACE, 'g'), (whole, stage: string, line: string, column: string) => {
    const place = placeOf(sources, stage, line, column)
    return place === null ? whole : `${stage}:${place.line}:${place.column}`
  })
}

/** The frames of a stack that lie in an author's source. */
function framesOf(stack: string, sources: CodeSources): Frame[] {
  const frame = new RegExp(String.raw`^\s+at (?:(?:async )?(.*?) \()?${PLACE}\)?$`, 'gm')
  return [...stack.matchAll(frame)].flatMap(([, name = '', stage = '', line = '', column = '']) => {
    const place = placeOf(sources, stage, line, column)
    // A function without a name is called after the place our module keeps it in.
    const isNamed = name !== '' && !/^\$\d+e$/.test(name)
    return place === null ? [] : [{ ...place, in: isNamed ? name : null }]
  })
}

function placeOf(sources: CodeSources, stage: string, line: string, column: string): CodePlace | null {
  const source = sources.get(stage)
  return source === undefined ? null : placeInSource(source, { line: Number(line), column: Number(column) })
}

function wordsOf({ line, column }: CodePlace): string {
  return `line ${line}, column ${column}`
}
