import { createSignal, type JSX } from 'solid-js';
import type { Upload } from '../engine/upload.ts';
import { resultWords } from '../words/result.ts';
import { words } from '../words/words.ts';

/** Fetches the finished file by a link that is made for this one time. */
export function DownloadButton(props: { upload: Upload }): JSX.Element {
  const [said, setSaid] = createSignal('');
  const download = async () => {
    setSaid(resultWords().downloading);
    const link = await props.upload.downloadLink();
    if ('error' in link) {
      setSaid(link.error ? words.errors[link.error.kind] : words.unanswered);
      return;
    }
    setSaid('');
    const anchor = document.createElement('a');
    anchor.href = link.url;
    anchor.download = '';
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
  };
  return (
    <div>
      <button type="button" class="button primary" onClick={() => void download()}>
        {resultWords().download}
      </button>
      <p class="small" aria-live="polite">
        {said()}
      </p>
    </div>
  );
}
