import { progressWords, stateWords } from './progress-words.ts';
import type { Moment } from './report.ts';

/** A log that is read later: often enough to see where it hung, seldom enough to be read. */
const EVERY_MS = 10_000;
/** What lasts no longer than this is not worth a line. */
const LASTS_MS = 1_000;

/** Plain lines: one now and then, and one whenever what this device does changes. */
export function makeLines(stream: { write(text: string): unknown }) {
  let saidMs: number | undefined;
  let said = '';
  let seen = { reason: '', sinceMs: Number.NEGATIVE_INFINITY };
  return {
    moment(moment: Moment) {
      const { view, nowMs } = moment;
      const reason = stateWords(moment) ?? '';
      if (reason !== seen.reason) seen = { reason, sinceMs: nowMs };
      const isNews = reason !== said && nowMs - seen.sinceMs >= LASTS_MS;
      // The first line is due as long after the beginning as every other one.
      saidMs ??= nowMs;
      if (!isNews && nowMs - saidMs < EVERY_MS) return;
      const figures = view.state === 'open' ? progressWords(view) : [];
      const words = [...figures, reason].filter(Boolean).join(', ');
      if (words === '') return;
      said = reason;
      saidMs = nowMs;
      stream.write(`${words}\n`);
    },
    end() {},
  };
}
