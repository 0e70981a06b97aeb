import { type Accessor, createSignal } from 'solid-js';
import { lanOriginOf } from '../state/lan-address.ts';

/** Where other devices of the same network find this page, when it is open at an address that only this one knows. */
export function createLanOrigin(pageUrl: string): Accessor<string | undefined> {
  const [origin, setOrigin] = createSignal<string>();
  void lanOriginOf(pageUrl).then(setOrigin);
  return origin;
}
