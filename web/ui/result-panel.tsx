import { createMemo, createSignal, For, type JSX, onMount, Show, Suspense } from 'solid-js';
import type { OpenUpload } from '../state/open-upload.ts';
import { resultWords } from '../words/result.ts';
import { sharingWords } from '../words/sharing.ts';
import { numbers, words } from '../words/words.ts';
import { CopyField } from './copy-field.tsx';
import { sharesOfWork } from './gain.ts';
import { later } from './later.ts';
import type { OpenView } from './status.ts';
import { Swatch } from './swatch.tsx';

const CarriedPicture = later(
  () => import('./carried-picture.tsx'),
  ({ CarriedPicture }) => CarriedPicture,
);

/** What came of it: the file as S3 has it, and who carried what. */
export function ResultPanel(props: { open: OpenUpload; view: OpenView }): JSX.Element {
  const finished = createMemo(() => {
    const { phase } = props.view;
    return phase.state === 'finished' ? phase : undefined;
  });
  const tookMs = () => {
    const startedAtMs = props.open.upload.board()?.info.createdAtMs;
    const at = finished()?.finishedAtMs;
    return startedAtMs === undefined || at === undefined ? undefined : Math.max(0, at - startedAtMs);
  };
  const carriers = () =>
    props.view.devices.filter(({ doneParts }) => doneParts > 0).sort((a, b) => b.doneParts - a.doneParts);
  const shares = () => sharesOfWork(carriers(), props.view.doneParts);
  const [isPicture, setPicture] = createSignal(false);
  // What happened is said first, and drawn when the page has time.
  onMount(() => setTimeout(() => setPicture(true)));
  return (
    <Show when={finished()}>
      {(phase) => (
        <section class="card result" aria-label={resultWords().title}>
          <h2>{resultWords().title}</h2>
          <dl class="facts">
            <div>
              <dt>{resultWords().name}</dt>
              <dd>{props.view.file.name}</dd>
            </div>
            <div>
              <dt>{resultWords().size}</dt>
              <dd>
                {numbers.bytes(props.view.file.sizeBytes)} ({numbers.exactBytes(props.view.file.sizeBytes)})
              </dd>
            </div>
            <div>
              <dt>{resultWords().finishedAt}</dt>
              <dd>{numbers.dateTime(phase().finishedAtMs)}</dd>
            </div>
          </dl>
          <CopyField
            name={resultWords().checksum}
            button={resultWords().copyChecksum}
            short={sharingWords().copyShort}
            text={phase().sha256}
          />
          <h3>{resultWords().carried}</h3>
          <ul class="carried">
            <For each={carriers()}>
              {(device) => (
                <li>
                  <Swatch device={device.number} /> <strong>{device.name}</strong>{' '}
                  <span class="small">
                    {words.partsCount(device.doneParts)},{' '}
                    {words.shareOfWork(shares().get(device.number) ?? 0)}
                  </span>
                </li>
              )}
            </For>
          </ul>
          <div class="picture-place">
            <Show when={isPicture()}>
              <Suspense>
                <CarriedPicture open={props.open} view={props.view} tookMs={tookMs()} />
              </Suspense>
            </Show>
          </div>
        </section>
      )}
    </Show>
  );
}
