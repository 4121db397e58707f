export type StandInWorld = { scenario: string; builds: Map<string, unknown>; images: Map<string, string> }

export function createWorld(scenario: string): StandInWorld
