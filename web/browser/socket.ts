import type { OpenSocket } from '../engine/ports.ts';

/** Opens WebSockets to `url`. */
export function makeOpenSocket(url: string): OpenSocket {
  return (events) => {
    const socket = new WebSocket(url);
    let isOver = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      events.closed();
    };
    socket.addEventListener('open', () => events.opened());
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') events.frame(data);
    });
    socket.addEventListener('close', over);
    socket.addEventListener('error', over);
    return {
      send(frame) {
        // A frame to a line that is just closing is lost; `closed` is about to say so.
        if (socket.readyState === WebSocket.OPEN) socket.send(frame);
      },
      close: () => socket.close(),
    };
  };
}
