/** What can go wrong, one thing at a time (S149). */
export const SCENARIOS = ['healthy', 'build-fails', 'staging-down', 'tests-fail', 'production-down']
