/**
 * Calls whenever the network may be another one, or there again: the browser says so, or the device wakes up with this
 * page before it. A hint to look, never a reason to believe: `navigator.onLine` lies. The answer stops listening.
 */
export function onNetworkHint(call: () => void): () => void {
  // Where it is known that mobile data has taken over from Wi-Fi, say.
  const { connection } = navigator as Navigator & { connection?: EventTarget };
  const onVisible = () => {
    if (document.visibilityState === 'visible') call();
  };
  window.addEventListener('online', call);
  connection?.addEventListener('change', call);
  document.addEventListener('visibilitychange', onVisible);
  return () => {
    window.removeEventListener('online', call);
    connection?.removeEventListener('change', call);
    document.removeEventListener('visibilitychange', onVisible);
  };
}
