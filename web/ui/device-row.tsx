import { createSignal, type JSX, Show, Suspense } from 'solid-js';
import type { DeviceView } from '../engine/upload.ts';
import type { Sample } from '../state/history.ts';
import { numbers, words } from '../words/words.ts';
import { sparkline } from './chart-paths.ts';
import { deviceState } from './device-state.ts';
import { gainOf } from './gain.ts';
import { later } from './later.ts';
import { colourOf } from './palette.ts';
import type { OpenView } from './status.ts';
import { Swatch } from './swatch.tsx';

const RenameField = later(
  () => import('./rename-field.tsx'),
  ({ RenameField }) => RenameField,
);

const SPARK = { width: 96, height: 28 };

/** One device: who it is, what it does, how fast, and what it has done and is worth. */
export function DeviceRow(props: {
  device: DeviceView;
  view: OpenView;
  /** Of the work that is done, 0 to 1. */
  share: number;
  /** What this device calls itself, without the number that tells it from others of that name. */
  ownName: string;
  samples: readonly Sample[];
  topBps: number;
  isLit: boolean;
  light: () => void;
  rename: (name: string) => void;
}): JSX.Element {
  const [isRenaming, setRenaming] = createSignal(false);
  let pencil: HTMLButtonElement | undefined;
  const endRenaming = () => {
    setRenaming(false);
    pencil?.focus({ preventScroll: true });
  };
  const isOpen = () => props.view.phase.state === 'open';
  const state = () => deviceState(props.device, props.view.phase);
  const speed = () =>
    isOpen() && props.device.online && props.device.rateBps > 0 ? numbers.speed(props.device.rateBps) : '';
  const gain = () => {
    if (!isOpen() || !props.device.online) return '';
    const { progress } = props.view;
    const found = gainOf(props.device.rateBps, progress.rateBps, progress.sizeBytes - progress.shownBytes);
    if (found.state === 'saves') return words.gain(speed(), numbers.roughly(found.savedMs));
    if (found.state === 'alone') return words.carriesAlone;
    return '';
  };
  return (
    <li
      class="device"
      classList={{ 'is-offline': !props.device.online, 'is-lit': props.isLit }}
      data-device={props.device.number}
    >
      <button
        type="button"
        class="device-light"
        aria-pressed={props.isLit}
        aria-label={words.spotlight(props.device.name)}
        title={words.spotlight(props.device.name)}
        onClick={() => props.light()}
      >
        <Swatch device={props.device.number} />
      </button>
      <div class="device-name">
        <Show
          when={isRenaming()}
          fallback={
            <>
              <span>{props.device.name}</span>
              <Show when={props.device.isSelf}>
                {' '}
                <span class="tag">{words.thisDevice}</span>
                <button
                  type="button"
                  ref={pencil}
                  class="icon-button pencil"
                  aria-label={words.rename}
                  title={words.rename}
                  onClick={() => setRenaming(true)}
                >
                  <svg viewBox="0 0 16 16" aria-hidden="true">
                    <path
                      d="M2.5 13.5l.7-3 7.6-7.6 2.3 2.3-7.6 7.6z M9.6 4.1l2.3 2.3"
                      fill="none"
                      stroke="currentColor"
                      stroke-width="1.4"
                    />
                  </svg>
                </button>
              </Show>
            </>
          }
        >
          <Suspense>
            <RenameField
              name={props.ownName}
              save={(name) => {
                props.rename(name);
                endRenaming();
              }}
              cancel={endRenaming}
            />
          </Suspense>
        </Show>
      </div>
      <p class="device-state small">{state()}</p>
      <svg
        class="device-spark"
        viewBox={`0 -1 ${SPARK.width} ${SPARK.height + 2}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path
          d={sparkline(props.samples, props.device.number, props.topBps, SPARK)}
          fill="none"
          stroke={colourOf(props.device.number)}
          stroke-width="2"
          vector-effect="non-scaling-stroke"
        />
      </svg>
      <p class="device-speed">{speed()}</p>
      <div class="device-share small">
        <span class="share-bar" aria-hidden="true">
          <span
            style={{
              transform: `scaleX(${props.share})`,
              'background-color': colourOf(props.device.number),
            }}
          />
        </span>
        <span>{`${words.partsCount(props.device.doneParts)}, ${words.shareOfWork(props.share)}`}</span>
      </div>
      <p class="device-gain small">{gain()}</p>
    </li>
  );
}
