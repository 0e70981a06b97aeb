/**
 * Where the keyboard was before this was shown, and back to it: `back` focuses what had the focus when `opener` was
 * called, or the heading of the view if that has gone meanwhile (who ended the upload has no button for it any more).
 */
export function opener(): { back: (event: Event) => void } {
  const before = document.activeElement;
  return {
    back(event) {
      // Somebody has put it elsewhere meanwhile.
      if (event.defaultPrevented) return;
      const isThere = before instanceof HTMLElement && before.isConnected && before !== document.body;
      const next = isThere ? before : document.querySelector('h1');
      next?.focus({ preventScroll: true });
    },
  };
}
