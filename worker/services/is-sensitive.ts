import { isJsonObject, type Json } from '#core/kernel/json'

/** Whether a document, as the text it is kept as, asks for its readers to be written down. */
export function isSensitive(document: string): boolean {
  // Documents are long, and few of them are.
  if (!document.includes('"sensitive":true')) return false
  const parsed = JSON.parse(document) as Json
  const settings = isJsonObject(parsed) ? parsed['settings'] : null
  return isJsonObject(settings) && settings['sensitive'] === true
}
