import { createSignal } from 'solid-js';

/** Whether the system may tell when it is done. `unavailable`: on plain http, or in a browser that has none. */
export type NotifyState = NotificationPermission | 'unavailable';

const [state, setState] = createSignal<NotifyState>(
  typeof Notification === 'undefined' || !isSecureContext ? 'unavailable' : Notification.permission,
);
export const notifyState = state;

/** To be called in a click: what the person has just begun is what they want to hear the end of. */
export async function askToNotify(): Promise<void> {
  if (state() !== 'default') return;
  setState(await Notification.requestPermission());
}

/** Says it by the system, when nobody looks at the page. */
export async function notify(title: string, tag: string): Promise<void> {
  if (state() !== 'granted' || document.visibilityState === 'visible') return;
  const options: NotificationOptions = { tag, icon: new URL('icon-192.png', document.baseURI).href };
  // On Android only a service worker may; elsewhere a page that has none can.
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration?.active) return registration.showNotification(title, options);
  const notification = new Notification(title, options);
  notification.addEventListener('click', () => {
    window.focus();
    notification.close();
  });
}
