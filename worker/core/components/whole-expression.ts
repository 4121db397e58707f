import * as z from 'zod'

const PATTERN = /^\s*\{\{(?:(?!\{\{)[\s\S])+\}\}\s*$/

/** A string that is one whole `{{ expression }}`; whether the expression parses is the definition's business. */
export const WholeExpression = z
  .string()
  .regex(PATTERN, 'Expected one whole {{ expression }}')
  .meta({ title: 'Expression', description: 'One whole {{ expression }}; its value keeps its type.' })
