import type { JSX } from 'solid-js';
import { resultWords } from '../words/result.ts';
import { numbers } from '../words/words.ts';

/** That it is complete and how fast it went: two lines, in the place of what was left. */
export function CompletedLine(props: { sizeBytes: number; tookMs: number | undefined }): JSX.Element {
  const took = () => {
    const ms = props.tookMs;
    if (ms === undefined) return '';
    return `${resultWords().took(numbers.elapsed(ms))}, ${numbers.speed(props.sizeBytes / (ms / 1_000))}`;
  };
  return (
    <>
      <h2>{resultWords().completeTitle}</h2>
      <p class="soft">{took()}</p>
    </>
  );
}
