/** How often the sweep runs: on AWS by a rule, on one machine by a timer. */
export const SWEEP_EVERY_MS = 300_000;
