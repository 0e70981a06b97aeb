import { WebSocket } from 'ws';
import type { OpenSocket } from '../engine/ports.ts';

/** Opens WebSockets to where `address` says; an address that is not to be had is a line that is not there. */
export function makeOpenSocket(address: () => Promise<string>): OpenSocket {
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
      socket = new WebSocket(url);
      socket.on('open', () => events.opened());
      socket.on('message', (data, isBinary) => {
        if (!isBinary) events.frame(String(data));
      });
      socket.on('close', over);
      // 'close' follows; without a listener an error would end the process.
      socket.on('error', () => {});
    };
    address().then(open).catch(over);
    return {
      send(frame) {
        // A frame to a line that is just closing is lost; `closed` is about to say so.
        if (socket?.readyState === WebSocket.OPEN) socket.send(frame);
      },
      close() {
        if (!socket) over();
        // One that has not opened yet has nobody to say goodbye to.
        else if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
        else socket.close();
      },
    };
  };
}
