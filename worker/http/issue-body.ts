import type { Issue } from '#core/model/issue'

/** A finding as answers write it. */
export function issueBody({ code, severity, path, message, hint }: Issue) {
  return { code, severity, path, message, ...(hint === undefined ? {} : { hint }) }
}
