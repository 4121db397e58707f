import * as z from 'zod'

/** A page of this site: a path, and nothing a browser could take for another host. */
export const OwnPathShape = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[!-[\]-~]*$/, 'a page of this site reads /path; nothing else is gone to after signing in')
