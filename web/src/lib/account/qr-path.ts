import encodeQR from 'qr'

export type QrPath = { readonly side: number; readonly path: string }

/** A text as the dark squares of a QR code: an SVG path on a square of `side` units, its quiet zone included. */
export function qrPath(text: string): QrPath {
  const rows = encodeQR(text, 'raw', { border: 4 })
  const squares = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return { side: rows.length, path: squares.join('') }
}
