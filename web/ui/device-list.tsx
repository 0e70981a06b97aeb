import { createMemo, Index, type JSX, Show } from 'solid-js';
import { OTHERS } from '../../protocol/board/stripe.ts';
import type { UploadView } from '../engine/upload.ts';
import { Swatch } from './swatch.tsx';
import { devicePartsWords, deviceRoleWords, deviceSpeedWords, leftDevicesWords, words } from './words.ts';

/** Who takes part, in which colour, and how fast. */
export function DeviceList(props: {
  view: Extract<UploadView, { state: 'open' }>;
  doneByOthers: number;
}): JSX.Element {
  // Every page that only looked in stays a device of the board: those say nothing.
  const shown = createMemo(() =>
    props.view.devices.filter(({ online, doneParts }) => online || doneParts > 0),
  );
  const left = () => props.view.devices.length - shown().length;
  return (
    <section class="devices">
      <h2>{words.devices}</h2>
      <ul aria-label={words.devices}>
        <Index each={shown()}>
          {(device) => (
            <li classList={{ 'is-offline': !device().online }} data-device={device().number}>
              <Swatch device={device().number} />
              <span class="device-name">
                <span>{device().name}</span>
                <Show when={device().isSelf}>
                  {' '}
                  <span class="tag">{words.thisDevice}</span>
                </Show>
              </span>
              <span class="device-role small">
                {deviceRoleWords(device().role)}, {device().online ? words.online : words.offline}
              </span>
              <span class="device-speed">
                {props.view.phase.state === 'open' ? deviceSpeedWords(device()) : ''}
              </span>
              <span class="device-parts small">{devicePartsWords(device().doneParts)}</span>
            </li>
          )}
        </Index>
        <Show when={props.doneByOthers > 0}>
          <li>
            <Swatch device={OTHERS} />
            <span class="device-name">{words.others}</span>
            <span class="device-parts small">{devicePartsWords(props.doneByOthers)}</span>
          </li>
        </Show>
      </ul>
      <Show when={left() > 0}>
        <p class="small">{leftDevicesWords(left())}</p>
      </Show>
    </section>
  );
}
