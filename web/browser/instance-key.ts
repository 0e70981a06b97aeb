import { Secret } from '../../protocol/messages/common.ts';

const STORED_AS = 'tributary.key';

/**
 * The key that a server on the network wants of those who create uploads. It comes in the address that the server shows
 * (`#key=…`), is kept by this browser, and goes from the address bar at once, so that nobody copies it along.
 */
export function takeInstanceKey(): void {
  const given = Secret.safeParse(/^#key=(.*)$/.exec(location.hash)?.[1]);
  if (!given.success) return;
  history.replaceState(null, '', location.pathname + location.search);
  try {
    localStorage.setItem(STORED_AS, given.data);
  } catch {
    // Storage that is forbidden: it is good for this page.
  }
  inPage = given.data;
}

let inPage: string | undefined;

export function instanceKey(): string | undefined {
  if (inPage) return inPage;
  try {
    const kept = Secret.safeParse(localStorage.getItem(STORED_AS));
    return kept.success ? kept.data : undefined;
  } catch {
    return undefined;
  }
}
