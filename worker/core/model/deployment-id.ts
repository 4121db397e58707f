const PATTERN = /^deploy_([0-9a-hjkmnp-tv-z]{13})$/

/** A deployment's public id carries its `ref`, so that finding its objects needs no lookup. */
export function formatDeploymentId(ref: string): string {
  return `deploy_${ref}`
}

/** The `ref` inside a deployment id, or null when the text is not one. */
export function parseDeploymentId(id: string): string | null {
  return PATTERN.exec(id)?.[1] ?? null
}
