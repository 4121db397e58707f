/** The deterministic web standards the pure core may use; every runtime it runs in has them. Nothing here does I/O. */

interface TextEncoder {
  encode(text?: string): Uint8Array
}
declare const TextEncoder: { new (): TextEncoder }

interface TextDecoder {
  decode(bytes?: Uint8Array): string
}
declare const TextDecoder: { new (encoding?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder }

interface URL {
  readonly protocol: string
  readonly username: string
  readonly password: string
  readonly host: string
  readonly hostname: string
  readonly port: string
  readonly pathname: string
  readonly search: string
  readonly hash: string
  readonly href: string
  readonly origin: string
}
declare const URL: { new (url: string, base?: string): URL; canParse(url: string, base?: string): boolean }

interface URLSearchParams extends Iterable<[string, string]> {
  get(name: string): string | null
}
declare const URLSearchParams: { new (encoded?: string): URLSearchParams }
