import type { CompiledValue, PlacedProblem, PlacedReference } from '../expression/compile-value'
import { compileValue } from '../expression/compile-value'
import type { Json } from '../kernel/json'
import type { Issue } from '../model/issue'
import { errorAt, warningAt } from './issue-at'

/** A value of the document with everything its expressions read. */
export type Expressions = {
  /** JSON Pointer of the value in the document. */
  readonly path: string
  readonly references: readonly PlacedReference[]
  readonly issues: readonly Issue[]
}

const where = ({ at }: PlacedProblem) => `at character ${at + 1}`

/** Compiles a value for the sake of its findings: strings that do not parse, and doubtful ones. */
export function checkExpressions(value: Json, path: string): Expressions {
  const compiled = compileValue(value)
  if (!compiled.ok) {
    const issues = compiled.error.map((problem) =>
      errorAt('expression_invalid', path + problem.path, `${problem.message} (${where(problem)})`, problem.hint),
    )
    return { path, references: [], issues }
  }
  const { references, notes }: CompiledValue = compiled.value
  const issues = notes.map((note) =>
    warningAt('expression_doubtful', path + note.path, `${note.message} (${where(note)})`, note.hint),
  )
  return { path, references, issues }
}
