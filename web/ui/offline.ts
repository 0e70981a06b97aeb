import { type Accessor, createSignal, onCleanup } from 'solid-js';
import type { ConnectionStatus } from '../engine/connection.ts';

/** Whether the system says that there is no network: believed only where there is no connection either. */
export function createOffline(status: Accessor<ConnectionStatus>): Accessor<boolean> {
  const [isOnline, setOnline] = createSignal(navigator.onLine);
  const look = () => setOnline(navigator.onLine);
  window.addEventListener('online', look);
  window.addEventListener('offline', look);
  onCleanup(() => {
    window.removeEventListener('online', look);
    window.removeEventListener('offline', look);
  });
  return () => !isOnline() && status().state !== 'online';
}
