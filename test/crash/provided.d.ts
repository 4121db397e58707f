import 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    readonly crashShare: number
  }
}
