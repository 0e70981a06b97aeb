/** How long the page has the line for itself first. */
const AFTER_LOAD_MS = 2_000;

/** Lets the page be opened without a network, and be shared to; where the browser has that, and on a trusted origin. */
export function installServiceWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const install = () =>
    setTimeout(() => {
      // Refused in some private windows: the page works without.
      navigator.serviceWorker.register('service-worker.js').catch(() => {});
    }, AFTER_LOAD_MS);
  if (document.readyState === 'complete') install();
  else window.addEventListener('load', install, { once: true });
}

/** Files that another app shared with this page: the service worker has them until they are asked for. */
export function onSharedFiles(take: (files: readonly File[]) => void): void {
  const container = navigator.serviceWorker;
  if (!container?.controller) return;
  container.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data !== 'object' || data === null || !('shared' in data) || !Array.isArray(data.shared))
      return;
    take(data.shared.filter((file) => file instanceof File));
  });
  container.startMessages();
  container.controller.postMessage('shared?');
}
