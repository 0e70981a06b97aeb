import { createMemo, Index, type JSX, on, Show } from 'solid-js';
import { OTHERS } from '../../protocol/board/stripe.ts';
import type { App } from '../state/app.ts';
import type { OpenUpload } from '../state/open-upload.ts';
import { words } from '../words/words.ts';
import { DeviceRow } from './device-row.tsx';
import { sharesOfWork } from './gain.ts';
import type { OpenView } from './status.ts';
import { Swatch } from './swatch.tsx';

/** Who takes part, in which colour and pattern, how fast, and what that is worth: the legend of the grid. */
export function DeviceList(props: {
  app: App;
  open: OpenUpload;
  view: OpenView;
  lit: number | undefined;
  light: (device: number | undefined) => void;
}): JSX.Element {
  // Every page that only looked in stays a device of the board: those say nothing.
  const shown = createMemo(() =>
    props.view.devices.filter(({ online, doneParts }) => online || doneParts > 0),
  );
  const shares = createMemo(() => sharesOfWork(shown(), props.view.doneParts));
  const left = () => props.view.devices.length - shown().length;
  // `doneParts` is only what makes this worth asking again.
  const doneByOthers = () =>
    props.view.doneParts === 0 ? 0 : (props.open.upload.board()?.replica.doneByDevice().get(OTHERS) ?? 0);
  // A new sample comes with a new view.
  const samples = createMemo(
    on(
      () => props.view,
      () => props.open.history.recent(),
    ),
  );
  const topBps = () => Math.max(0, ...samples().flatMap(({ rates }) => [...rates.values()]));
  return (
    <section class="card devices">
      <h2>{words.devices}</h2>
      <ul aria-label={words.devices}>
        <Index each={shown()}>
          {(device) => (
            <DeviceRow
              device={device()}
              view={props.view}
              share={shares().get(device().number) ?? 0}
              ownName={props.app.deviceName()}
              samples={samples()}
              topBps={topBps()}
              isLit={props.lit === device().number}
              light={() => props.light(props.lit === device().number ? undefined : device().number)}
              rename={props.app.rename}
            />
          )}
        </Index>
        <Show when={doneByOthers() > 0}>
          <li class="device">
            <span class="device-light">
              <Swatch device={OTHERS} />
            </span>
            <span class="device-name">{words.others}</span>
            <span class="device-share small">{words.partsCount(doneByOthers())}</span>
          </li>
        </Show>
      </ul>
      <Show when={left() > 0}>
        <p class="small devices-left">{words.leftDevices(left())}</p>
      </Show>
    </section>
  );
}
