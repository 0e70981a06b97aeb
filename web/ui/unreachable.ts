import { type Accessor, createEffect, createMemo, createSignal, onCleanup } from 'solid-js';
import type { ConnectionStatus } from '../engine/connection.ts';
import { words } from '../words/words.ts';

/** Connecting for longer than this is worth a word; a short break is not. */
const PATIENCE_MS = 2_000;

/** What is said then: that it is there and cannot, where it has said so. */
export function unreachableWords(status: ConnectionStatus, otherwise: string): string {
  return status.state === 'connecting' && status.trouble ? words.errors[status.trouble] : otherwise;
}

/** Whether the server has been out of reach for a while. */
export function createUnreachable(status: Accessor<ConnectionStatus>): Accessor<boolean> {
  const isConnecting = createMemo(() => status().state === 'connecting');
  const [isUnreachable, setUnreachable] = createSignal(false);
  createEffect(() => {
    setUnreachable(false);
    if (!isConnecting()) return;
    const timer = setTimeout(() => setUnreachable(true), PATIENCE_MS);
    onCleanup(() => clearTimeout(timer));
  });
  return isUnreachable;
}
