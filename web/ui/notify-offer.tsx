import { type JSX, Match, Switch } from 'solid-js';
import { words } from '../words/words.ts';
import { askToNotify, notifyState } from './notify.ts';
import type { OpenView } from './status.ts';

/** Of less than this, whoever began it is still looking when it is done. By size, which is known from the start. */
const LONG_BYTES = 100_000_000;

/** Offered where something long has begun; the browser asks only once this is pressed. */
export function NotifyOffer(props: { view: OpenView }): JSX.Element {
  const isLong = () => props.view.phase.state === 'open' && props.view.file.sizeBytes >= LONG_BYTES;
  return (
    <Switch>
      <Match when={isLong() && notifyState() === 'default'}>
        <button type="button" class="button" onClick={() => void askToNotify()}>
          {words.tellMe}
        </button>
      </Match>
      <Match when={isLong() && notifyState() === 'granted'}>
        <p class="small">{words.tellMeOn}</p>
      </Match>
      <Match when={isLong() && notifyState() === 'denied'}>
        <p class="small">{words.tellMeOff}</p>
      </Match>
    </Switch>
  );
}
