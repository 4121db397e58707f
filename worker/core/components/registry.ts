import * as z from 'zod'
import { invariant } from '../kernel/assert'
import type { ComponentDefinition, Templating } from './define-component'
import * as register from './index'
import { WholeExpression } from './whole-expression'

// Components differ in their Config; behind the registry it is opaque, and only resolvedConfig() makes one.
const COMPONENTS = Object.values(register) as unknown as readonly ComponentDefinition[]
const BY_NAME = new Map(
  COMPONENTS.flatMap((component) =>
    [component.type, ...(component.aliases ?? [])].map((name) => [name, component] as const),
  ),
)

/** The component of a type or one of its other spellings, or null. */
export function componentOf(type: string): ComponentDefinition | null {
  return BY_NAME.get(type) ?? null
}

/** Every component's canonical type, in the register's order. */
export function componentTypes(): readonly string[] {
  return COMPONENTS.map(({ type }) => type)
}

const templated: Templating = (schema) => {
  const field: z.ZodType = z.union([schema, WholeExpression])
  const meta = schema.meta()
  // A caller only ever sees this schema as a ZodType that validates documents; the value's type is resolvedConfig's.
  return (meta === undefined ? field : field.meta(meta)) as typeof schema
}
const strict: Templating = (schema) => schema

function memoised(templating: Templating): (type: string) => z.ZodType {
  const schemas = new Map<string, z.ZodType>()
  return (type) => {
    const known = schemas.get(type)
    if (known !== undefined) return known
    const component = componentOf(type)
    invariant(component !== null, `the component ${type} is registered`)
    const schema: z.ZodType = component.config(templating)
    schemas.set(type, schema)
    return schema
  }
}

/**
 * The schema of a config as written in a document: number, boolean and choice fields may hold one whole expression.
 * Throws for a type that componentOf does not know.
 */
export const documentConfig = memoised(templated)

/** The schema of a config after its expressions are resolved. Throws for a type that componentOf does not know. */
export const resolvedConfig = memoised(strict)
