import { withTimeLimit } from './lambda/time-limit.ts';
import { reasonOf } from './reason.ts';

export interface Health {
  ok: boolean;
  version: string;
  /** What does not answer, and why, in words. */
  failing?: string[];
}

/** Longer than an engine that is being restarted takes, shorter than whoever asks will wait. */
const ANSWER_WITHIN_MS = 3_000;

/** Asks everything behind the server, each by its probe, named as in `the store`. */
export function makeHealth(
  version: string,
  probes: Record<string, () => Promise<unknown>>,
  limitMs = ANSWER_WITHIN_MS,
): () => Promise<Health> {
  return async () => {
    const answers = await Promise.all(
      Object.entries(probes).map(async ([name, probe]) => {
        const answer = await withTimeLimit(limitMs, probe);
        if (answer.state === 'returned') return [];
        const reason =
          answer.state === 'timed-out' ? `no answer within ${limitMs} ms` : reasonOf(answer.error);
        return [`${name}: ${reason}`];
      }),
    );
    const failing = answers.flat();
    return failing.length === 0 ? { ok: true, version } : { ok: false, version, failing };
  };
}
