import { expect } from 'vitest'

/** An instant as answers write it. */
export const INSTANT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/) as string

export const EXECUTION_ID = expect.stringMatching(/^exec_[0-9a-z]{31}$/) as string

export const DIGEST = expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string
