/** The moment in which these tests take place, by the door's clock. */
export const NOW = 1_700_000_000_000
