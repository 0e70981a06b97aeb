import type { OpenSocket } from '../engine/ports.ts';

/**
 * Opens WebSockets to where `address` says; an address that is not to be had is a line that is not there. `Socket`: the
 * browser's own, or another one that keeps to its interface.
 */
export function makeOpenSocket(
  address: () => Promise<string>,
  Socket: typeof WebSocket = WebSocket,
): OpenSocket {
  return (events) => {
    let socket: WebSocket | undefined;
    let isOver = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      events.closed();
    };
    const open = (url: string) => {
      if (isOver) return;
      socket = new Socket(url);
      socket.addEventListener('open', () => events.opened());
      socket.addEventListener('message', ({ data }) => {
        if (typeof data === 'string') events.frame(data);
      });
      socket.addEventListener('close', over);
      socket.addEventListener('error', over);
    };
    address().then(open).catch(over);
    return {
      send(frame) {
        // A frame to a line that is just closing is lost; `closed` is about to say so.
        if (socket?.readyState === Socket.OPEN) socket.send(frame);
      },
      close() {
        if (socket) socket.close();
        else over();
      },
    };
  };
}
