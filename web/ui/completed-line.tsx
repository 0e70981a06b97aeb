import type { JSX } from 'solid-js';
import { resultWords } from '../words/result.ts';
import { numbers } from '../words/words.ts';
import type { OpenView } from './status.ts';

/** That it is complete and how fast it went: two lines, in the place of what was left. */
export function CompletedLine(props: { view: OpenView; startedAtMs: number | undefined }): JSX.Element {
  const took = () => {
    const { phase, progress } = props.view;
    const endedAtMs = phase.state === 'finished' ? phase.finishedAtMs : undefined;
    if (props.startedAtMs === undefined || endedAtMs === undefined) return '';
    const ms = Math.max(0, endedAtMs - props.startedAtMs);
    return `${resultWords().took(numbers.elapsed(ms))}, ${numbers.speed(progress.sizeBytes / (ms / 1_000))}`;
  };
  return (
    <>
      <h2>{resultWords().completeTitle}</h2>
      <p class="soft">{took()}</p>
    </>
  );
}
