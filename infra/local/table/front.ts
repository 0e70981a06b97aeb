import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { NO_ROOM } from './no-room.ts';

/** How long a client's connection is kept waiting for a table that is being restarted. */
const HOLD_MS = 10_000;

/**
 * A loopback port that stays the same while the process behind it comes and goes. A client that connects in between
 * waits instead of being refused: the SDK's three attempts are over in less time than a restart takes.
 */
export interface Front {
  readonly port: number;
  /** Forwards to this port from now on, beginning with the clients that wait. */
  forwardTo(port: number): void;
  /** Lets new clients wait. Those being served end with the process that served them. */
  hold(): void;
  /** Cuts off those who wait, and new clients at once: it may be long before there is a process again. */
  refuse(): void;
  /** Answers all of them that there is no room for what they write. */
  refuseForRoom(): void;
  close(): Promise<void>;
}

type Target = { state: 'up'; port: number } | { state: 'down' } | { state: 'broken' } | { state: 'full' };

const NO_ROOM_ANSWER = [
  'HTTP/1.1 507 Insufficient Storage',
  'Content-Type: application/x-amz-json-1.0',
  `Content-Length: ${Buffer.byteLength(NO_ROOM)}`,
  'Connection: close',
  '',
  NO_ROOM,
].join('\r\n');

export async function openFront(): Promise<Front> {
  let target: Target = { state: 'down' };
  const waiting = new Set<Socket>();
  const clients = new Set<Socket>();

  const server = createServer({ noDelay: true, pauseOnConnect: true }, (client) => {
    clients.add(client);
    client.on('error', () => {}); // 'close' follows
    client.on('close', () => {
      clients.delete(client);
      waiting.delete(client);
    });
    admit(client);
  });

  function admit(client: Socket): void {
    if (target.state === 'up') {
      forward(client, target.port);
    } else if (target.state === 'broken') {
      client.destroy();
    } else if (target.state === 'full') {
      answerNoRoom(client);
    } else {
      waiting.add(client);
      client.setTimeout(HOLD_MS, () => client.destroy());
    }
  }

  function answerNoRoom(client: Socket): void {
    client.setTimeout(HOLD_MS, () => client.destroy());
    client.once('data', () => client.end(NO_ROOM_ANSWER));
    client.resume();
  }

  function forward(client: Socket, port: number): void {
    client.setTimeout(0);
    const table = connect({ host: '127.0.0.1', port, noDelay: true });
    let connected = false;
    const abandon = () => table.destroy();
    client.once('close', abandon);
    table.on('error', () => {});
    table.once('close', () => {
      client.off('close', abandon);
      if (client.destroyed) return;
      // Nothing of the request has been read yet, so another process can still serve it.
      if (!connected) retry(client, port);
      else if (!table.readableEnded) client.destroy();
    });
    table.once('connect', () => {
      connected = true;
      client.pipe(table);
      table.pipe(client);
    });
  }

  /** The process is gone and `hold()` not yet called, or a successor is already there. */
  function retry(client: Socket, deadPort: number): void {
    if (target.state === 'up' && target.port === deadPort) target = { state: 'down' };
    admit(client);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    forwardTo(port) {
      target = { state: 'up', port };
      for (const client of waiting) forward(client, port);
      waiting.clear();
    },
    hold() {
      target = { state: 'down' };
    },
    refuse() {
      target = { state: 'broken' };
      for (const client of waiting) client.destroy();
    },
    refuseForRoom() {
      target = { state: 'full' };
      for (const client of waiting) answerNoRoom(client);
      waiting.clear();
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const client of clients) client.destroy();
      await closed;
    },
  };
}
