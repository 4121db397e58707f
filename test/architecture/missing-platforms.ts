export type Lock = { packages: Record<string, { optionalDependencies?: Record<string, string> }> }

/** Optional dependencies without an entry of their own in the lock file: `package: dependency`. */
export function missingPlatforms({ packages }: Lock): string[] {
  const paths = Object.keys(packages)
  return Object.entries(packages).flatMap(([owner, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !paths.some((candidate) => candidate.endsWith(`node_modules/${name}`)))
      .map((name) => `${owner}: ${name}`),
  )
}
