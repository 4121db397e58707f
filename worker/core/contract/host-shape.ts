import * as z from 'zod'

const HOST_CHARS_MAX = 253

/** A name that a URL can have as its host, in the spelling URLs give it: what is compared with it would never match another. */
function isHostName(text: string): boolean {
  if (text.length > HOST_CHARS_MAX || !text.split('.').every((label) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/.test(label))) {
    return false
  }
  return URL.canParse(`https://${text}`) && new URL(`https://${text}`).hostname === text
}

/** The name of a host, read in whatever case. */
export const HostShape = z
  .string()
  .toLowerCase()
  .refine(isHostName, {
    message: 'this is no host name',
    params: {
      code: 'invalid_host',
      hint: 'Write each host as its name alone, such as api.github.com: without https://, port, path or *, and in its xn-- form where it has other letters.',
    },
  })
  .meta({ format: 'hostname' })
