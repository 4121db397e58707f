/** The bounds of one evaluation. This floor lies below the model; a test holds the shared ones equal to LIMITS. */
export const EXPRESSION_LIMITS = {
  lengthMax: 4_096,
  depthMax: 64,
  stepsMax: 100_000,
  textCharsMax: 10 * 1024 * 1024,
} as const
