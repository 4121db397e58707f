export function expectedStatus(scenario: string): string
