import type { DeliveryReason } from '#core/model/delivery-reasons'

/** A reason short enough for a row: `Credential wrong`, `Malformed JSON`. */
export function reasonWords(reason: DeliveryReason): string {
  const text = reason.replaceAll('_', ' ').replace('json', 'JSON')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
