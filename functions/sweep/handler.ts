import type { Context } from 'aws-lambda';
import { inLambda } from '../lambda-entry.ts';
import { makeLetters } from '../notify/letters.ts';
import type { Ports } from '../ports.ts';
import { sweep } from './sweep.ts';

/** Longer than one step may take: a step is never cut by the end of the function's time. */
const SPARE_MS = 20_000;
const MAX_UPLOADS = 2_000;

/** The Lambda behind the schedule. Its event says nothing. */
export function makeSweepHandler(ports: Ports) {
  return async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const untilMs = ports.clock.nowMs() + context.getRemainingTimeInMillis() - SPARE_MS;
    await sweep(ports, { maxUploads: MAX_UPLOADS, untilMs });
  };
}

/** The Lambda's entry. */
export const handler = inLambda(makeSweepHandler, makeLetters);
