import { WebSocket } from 'ws';
import type { OpenSocket } from '../engine/ports.ts';

/** Opens WebSockets to `url`. */
export function makeOpenSocket(url: string): OpenSocket {
  return (events) => {
    const socket = new WebSocket(url);
    socket.on('open', () => events.opened());
    socket.on('message', (data, isBinary) => {
      if (!isBinary) events.frame(String(data));
    });
    socket.on('close', () => events.closed());
    // 'close' follows; without a listener an error would end the process.
    socket.on('error', () => {});
    return {
      send(frame) {
        // A frame to a line that is just closing is lost; `closed` is about to say so.
        if (socket.readyState === WebSocket.OPEN) socket.send(frame);
      },
      close() {
        // One that has not opened yet has nobody to say goodbye to.
        if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
        else socket.close();
      },
    };
  };
}
