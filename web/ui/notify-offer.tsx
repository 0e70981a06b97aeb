import { type JSX, Match, Switch } from 'solid-js';
import { words } from '../words/words.ts';
import { askToNotify, notifyState } from './notify.ts';

/**
 * Offered where something long has begun; the browser asks only once this is pressed. That it is long may be known only
 * later: until then its room is kept, so that nothing moves.
 */
export function NotifyOffer(props: { isOpen: boolean; isLong: boolean }): JSX.Element {
  return (
    <Switch>
      <Match when={props.isOpen && notifyState() === 'default'}>
        <button
          type="button"
          class="button"
          classList={{ 'not-yet': !props.isLong }}
          onClick={() => void askToNotify()}
        >
          {words.tellMe}
        </button>
      </Match>
      <Match when={props.isLong && notifyState() === 'granted'}>
        <p class="small">{words.tellMeOn}</p>
      </Match>
      <Match when={props.isLong && notifyState() === 'denied'}>
        <p class="small">{words.tellMeOff}</p>
      </Match>
    </Switch>
  );
}
