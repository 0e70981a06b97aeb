import { progressWords, stateWords } from './progress-words.ts';
import type { Moment } from './report.ts';

const EVERY_MS = 200;
const BAR_CELLS = 24;
/** A terminal that does not tell its width has at least this. */
const NARROW = 80;

/** One line that is written over again. */
export function makeBar(stream: { write(text: string): unknown; columns?: number }) {
  let drawnMs = Number.NEGATIVE_INFINITY;
  return {
    moment(moment: Moment) {
      if (moment.nowMs - drawnMs < EVERY_MS) return;
      drawnMs = moment.nowMs;
      // \x1b[K clears what a longer line left behind.
      stream.write(`\r${barLine(moment, stream.columns ?? NARROW)}\x1b[K`);
    },
    end: () => stream.write('\r\x1b[K'),
  };
}

/** No longer than the terminal is wide: a line that wraps cannot be written over. Pure. */
export function barLine(moment: Moment, columns: number): string {
  const { view } = moment;
  const reason = stateWords(moment);
  const room = columns - 1;
  if (view.state !== 'open') return (reason ?? '').slice(0, room);
  const filled = Math.floor(view.progress.share * BAR_CELLS);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
  // The reason before the figures: why nothing moves matters more than how slowly.
  const [percent = '', ...figures] = progressWords(view);
  const pieces = [`${bar} ${percent}`, ...(reason ? [reason] : []), ...figures];
  let line = '';
  for (const piece of pieces) {
    const longer = line === '' ? piece : `${line}, ${piece}`;
    if (longer.length > room) break;
    line = longer;
  }
  return line === '' ? percent.slice(0, room) : line;
}
