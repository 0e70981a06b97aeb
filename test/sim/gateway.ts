import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import type { Meter } from '../../functions/metering/meter.ts';
import type { Sockets } from '../../functions/ports.ts';
import type { SocketResult } from '../../functions/socket/handler.ts';
import type { OpenSocket, SocketEvents } from '../../web/engine/ports.ts';
import type { SimClock } from './clock.ts';
import { makeOrderly, type Network } from './network.ts';
import type { Random } from './random.ts';
import type { Weather } from './weather.ts';

/** How long a post from a Lambda to the gateway takes. */
const POST_MS = 8;
/** After this a gateway knows of a line that broke without a word. */
const BROKEN_KNOWN_AFTER_MS = 20_000;
/** What is overtaken comes so much later, at the most. */
const LATE_MS = 4_000;

interface Connection {
  id: string;
  network: Network;
  /** The network's outages when it began: after another one it leads nowhere. */
  outages: number;
  events: SocketEvents;
  isKnown: boolean;
  isClosed: boolean;
  sinceMs: number;
  upOrder: (delayMs: number) => number;
  downOrder: (delayMs: number) => number;
  closeHere(): void;
}

export interface Gateway {
  socketsFor(network: Network): OpenSocket;
  /** How Lambdas reach connections. */
  sockets: Sockets;
  /** The longest frame that a device was sent, in bytes. */
  largestFrameBytes(): number;
  /** An answer of the gateway to nothing in particular is a frame as well. */
  connections(): number;
  /** Meters the time of those that are still connected, up to now. */
  settle(): void;
}

export interface GatewayOptions {
  clock: SimClock;
  random: Random;
  weather: Weather;
  meter: Meter;
  /** Undefined: the Lambda died. */
  invoke(event: APIGatewayProxyWebsocketEventV2): Promise<SocketResult | undefined>;
}

/** API Gateway's WebSockets: no order is promised between a message's answer and what others post. */
export function makeGateway({ clock, random, weather, meter, invoke }: GatewayOptions): Gateway {
  const connections = new Map<string, Connection>();
  let lastId = 0;
  let largestFrameBytes = 0;
  let batch: { atMs: number; flush: Array<() => void> } | undefined;

  const event = (connection: Connection, eventType: 'CONNECT' | 'DISCONNECT' | 'MESSAGE', body?: string) =>
    ({
      requestContext: { connectionId: connection.id, eventType, domainName: 'sim.test' },
      ...(body === undefined ? {} : { body }),
    }) as unknown as APIGatewayProxyWebsocketEventV2;

  const leadsOn = ({ network, outages }: Connection) => network.isUp() && network.outages === outages;

  /** How often a frame arrives, and each time how much later than it should. */
  const fates = (): number[] => {
    if (random.happens(weather.frameLost)) return [];
    const late = () => (random.happens(weather.frameLate) ? random.between(0, LATE_MS) : 0);
    return random.happens(weather.frameRepeated) ? [late(), late() + random.between(0, 100)] : [late()];
  };

  const toDevice = (connection: Connection, frame: string, isAnswer: boolean) => {
    meter.frame(frame.length);
    largestFrameBytes = Math.max(largestFrameBytes, frame.length);
    for (const lateMs of fates()) {
      const delayMs = connection.network.oneWayMs();
      const inMs = lateMs > 0 ? delayMs + lateMs : connection.downOrder(delayMs);
      const arrive = () => {
        if (!connection.isClosed && leadsOn(connection)) connection.events.frame(frame);
      };
      if (isAnswer) clock.after(inMs, arrive);
      else clock.quietly(inMs, arrive);
    }
  };

  const settle = (connection: Connection) => {
    meter.connected(clock.nowMs() - connection.sinceMs);
    connection.sinceMs = clock.nowMs();
  };

  const end = (connection: Connection) => {
    if (!connection.isKnown) return;
    connection.isKnown = false;
    connections.delete(connection.id);
    settle(connection);
    void invoke(event(connection, 'DISCONNECT'));
  };

  const onMessage = async (connection: Connection, frame: string) => {
    meter.frame(frame.length);
    const result = await invoke(event(connection, 'MESSAGE', frame));
    if (result?.body !== undefined && connection.isKnown) toDevice(connection, result.body, true);
  };

  const toServer = (connection: Connection, frame: string) => {
    // A line that broke unnoticed answers what is sent over it, once there is a network again.
    if (connection.network.isUp() && !leadsOn(connection)) {
      clock.after(connection.network.oneWayMs() * 2, connection.closeHere);
      return;
    }
    if (!leadsOn(connection)) return;
    for (const lateMs of fates()) {
      const delayMs = connection.network.oneWayMs();
      const inMs = lateMs > 0 ? delayMs + lateMs : connection.upOrder(delayMs);
      clock.after(inMs, () => {
        if (connection.isKnown && leadsOn(connection)) void onMessage(connection, frame);
      });
    }
  };

  const open = (network: Network, events: SocketEvents): Connection => {
    const connection: Connection = {
      id: `c${++lastId}`,
      network,
      outages: network.outages,
      events,
      isKnown: false,
      isClosed: false,
      sinceMs: 0,
      upOrder: makeOrderly(clock),
      downOrder: makeOrderly(clock),
      closeHere() {
        if (connection.isClosed) return;
        connection.isClosed = true;
        stopNoticing();
        events.closed();
        clock.stir();
      },
    };
    const stopNoticing = network.onNoticed(() => {
      // Not at once: the engine may be in the middle of opening it.
      clock.after(0, connection.closeHere);
      clock.after(BROKEN_KNOWN_AFTER_MS, () => end(connection));
    });
    return connection;
  };

  return {
    settle() {
      for (const connection of connections.values()) settle(connection);
    },
    socketsFor: (network) => (events) => {
      const connection = open(network, events);
      // TCP, TLS and the upgrade: three round trips, then `$connect`.
      const handshakeMs = network.oneWayMs() * 6;
      clock.after(handshakeMs, async () => {
        if (connection.isClosed || !leadsOn(connection)) return;
        connection.isKnown = true;
        connection.sinceMs = clock.nowMs();
        connections.set(connection.id, connection);
        const result = await invoke(event(connection, 'CONNECT'));
        if (result?.statusCode !== 200) {
          end(connection);
          clock.after(network.oneWayMs(), connection.closeHere);
          return;
        }
        clock.after(network.oneWayMs(), () => {
          if (!connection.isClosed && leadsOn(connection)) events.opened();
        });
      });
      return {
        send: (frame) => {
          if (!connection.isClosed) toServer(connection, frame);
        },
        close() {
          if (connection.isClosed) return;
          const knownInMs = leadsOn(connection) ? network.oneWayMs() : BROKEN_KNOWN_AFTER_MS;
          clock.after(connection.upOrder(knownInMs), () => end(connection));
          clock.after(network.oneWayMs(), connection.closeHere);
        },
      };
    },
    sockets: {
      post(id, frame) {
        const connection = connections.get(id);
        let outcome: 'sent' | 'gone' | 'failed' = 'gone';
        if (connection && random.happens(weather.postFails)) outcome = 'failed';
        else if (connection) {
          outcome = 'sent';
          toDevice(connection, frame, frame.includes('"re":'));
          if (!leadsOn(connection)) clock.after(BROKEN_KNOWN_AFTER_MS, () => end(connection));
        }
        // All that are posted in the same moment are answered in the same moment: one event in place of hundreds.
        if (batch?.atMs !== clock.nowMs()) {
          const mine = { atMs: clock.nowMs(), flush: [] };
          batch = mine;
          clock.after(POST_MS, () => {
            for (const flush of mine.flush as Array<() => void>) flush();
          });
        }
        return new Promise((resolve) => batch?.flush.push(() => resolve(outcome)));
      },
      async close(id) {
        const connection = connections.get(id);
        if (!connection) return;
        end(connection);
        if (leadsOn(connection)) clock.after(connection.network.oneWayMs(), connection.closeHere);
      },
      isThere: async (id) => connections.has(id),
    },
    largestFrameBytes: () => largestFrameBytes,
    connections: () => connections.size,
  };
}
