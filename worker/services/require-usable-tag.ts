import { TagShape } from '#core/contract/versions'
import { AppError } from './app-error'

/** Whether a text can only mean a version by its number. Seven digits and more may be a git sha. */
export function isNumberLike(text: string): boolean {
  return /^v\d+$/.test(text) || /^\d{1,6}$/.test(text)
}

/** Refuses a tag that is none, or that would be mistaken for another way to name a version. `path` is where it was sent. */
export function requireUsableTag(tag: string, path: '/tag' | '/version'): void {
  const shape = TagShape.safeParse(tag)
  if (!shape.success) throw refused('invalid_format', path, shape.error.issues[0]?.message ?? '')
  if (isNumberLike(tag.toLowerCase())) {
    throw refused('tag_reserved', path, `'${tag}' would be mistaken for a version number; write a tag such as ${tag}.0`)
  }
  if (tag === 'draft' || tag.startsWith('version_')) {
    throw refused('tag_reserved', path, `'${tag}' means something else where versions are named`)
  }
}

function refused(code: string, path: string, message: string): AppError {
  return new AppError('request_invalid', { detail: message, issues: [{ code, severity: 'error', path, message }] })
}
