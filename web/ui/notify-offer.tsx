import { type JSX, Match, Switch } from 'solid-js';
import { words } from '../words/words.ts';
import { askToNotify, notifyState } from './notify.ts';
import type { OpenView } from './status.ts';

/** Shorter than this, and whoever began it is still looking. */
const LONG_MS = 60_000;

/** Offered where something long has just begun; the browser asks only once this is pressed. */
export function NotifyOffer(props: { view: OpenView }): JSX.Element {
  // Once offered it stays: an estimate that wavers must not move the page.
  let wasLong = false;
  const isLong = () => {
    const { phase, progress } = props.view;
    if (phase.state !== 'open') return false;
    wasLong ||= (progress.etaMs ?? 0) > LONG_MS;
    return wasLong;
  };
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
