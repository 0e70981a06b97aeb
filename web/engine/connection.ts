import { decodeDown, encode } from '../../protocol/codec.ts';
import type { Down } from '../../protocol/down.ts';
import type { ErrorKind, ProtocolError } from '../../protocol/messages/error.ts';
import type { Up } from '../../protocol/up.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import { RECONNECT, waitMs } from './backoff.ts';
import { makeEmitter } from './emitter.ts';
import type { Clock, OpenSocket } from './ports.ts';

/** Longer than API Gateway's 29 s for an integration would be no use; a dead line is to be noticed sooner. */
const ANSWER_WITHIN_MS = 15_000;
/** Silence after which we ask whether the line is alive. API Gateway closes an idle one after 10 min. */
const PING_AFTER_MS = 40_000;
/** A line that may have died with the network under it: how long it has to say that it lives. */
const PROBED_WITHIN_MS = 5_000;

type WithoutId<Message> = Message extends { id: number } ? Omit<Message, 'id'> : never;
/** A message from a device; the connection gives it its id. */
export type Request = WithoutId<Exclude<Up, { type: 'hello' }>>;

/** The answer, or why there is none. A `lost` request may or may not have been carried out. */
export type Reply =
  | { state: 'answered'; message: Down }
  | { state: 'refused'; error: ProtocolError }
  | { state: 'lost' };

export type ConnectionStatus =
  /** `trouble`: why the server that is there does not take this device in yet; it is asked again. */
  | { state: 'connecting'; trouble?: ErrorKind }
  | { state: 'online' }
  /** `error` when the server refused us for good (another version, say). */
  | { state: 'closed'; error?: ProtocolError };

export interface Connection {
  request(message: Request): Promise<Reply>;
  status(): ConnectionStatus;
  /** The server's epoch milliseconds, as far as they are known. */
  serverNowMs(): number;
  /** Messages that answer no request: broadcasts. */
  onMessage(listener: (message: Down) => void): () => void;
  onStatus(listener: (status: ConnectionStatus) => void): () => void;
  /** A hint that trying now, or asking whether the line lives, may be worth it: the network is back, or another one. */
  tryNow(): void;
  /** Resolves once no request waits for its answer: all that was said has been heard, or is known to be lost. */
  settled(): Promise<void>;
  /** Under another name from now on. The name is said in the greeting, so the line is opened anew. */
  rename(name: string): void;
  /** Opens a new line: the server is to forget what it was told by this one. */
  reconnect(): void;
  close(): void;
}

export interface ConnectionOptions {
  openSocket: OpenSocket;
  clock: Clock;
  random: () => number;
  device: { key: string; name: string };
  /** Reads a frame; another one where many devices in one program read the same frames. */
  decode?: typeof decodeDown;
}

/** One socket that is there again whenever it can be, and requests that are answered or known to be lost. */
export function makeConnection(options: ConnectionOptions): Connection {
  const { openSocket, clock, random, device, decode = decodeDown } = options;
  const messages = makeEmitter<Down>();
  const statuses = makeEmitter<ConnectionStatus>();
  const settlements = makeEmitter<void>();
  const waiting = new Map<number, (reply: Reply) => void>();
  let status: ConnectionStatus = { state: 'connecting' };
  let socket: ReturnType<OpenSocket> | undefined;
  let isOpen = false;
  let lastId = 0;
  let failures = 0;
  let trouble: ErrorKind | undefined;
  let heardMs = clock.nowMs();
  let heardFrames = 0;
  let serverOffsetMs = 0;
  let { name } = device;
  let cancelRetry = () => {};
  let cancelPing = () => {};
  let cancelProbe = () => {};

  const setStatus = (next: ConnectionStatus) => {
    status = next;
    statuses.emit(next);
  };

  const setConnecting = () => setStatus(trouble ? { state: 'connecting', trouble } : { state: 'connecting' });

  const send = (message: Request | WithoutId<Extract<Up, { type: 'hello' }>>): Promise<Reply> => {
    const line = socket;
    if (!line) return Promise.resolve({ state: 'lost' });
    const id = ++lastId;
    return new Promise((resolve) => {
      const cancelTimeout = clock.after(ANSWER_WITHIN_MS, () => {
        // No answer in this time means no line, whatever the socket believes.
        if (socket === line) drop();
      });
      waiting.set(id, (reply) => {
        cancelTimeout();
        resolve(reply);
        if (waiting.size === 0) settlements.emit();
      });
      line.send(encode({ ...message, id } as Up));
    });
  };

  const open = () => {
    cancelRetry();
    setConnecting();
    isOpen = false;
    cancelRetry = clock.after(ANSWER_WITHIN_MS, () => drop());
    // A line that was given up may still have something to say: it concerns nobody.
    const line = openSocket({
      opened: () => {
        if (socket !== line) return;
        cancelRetry();
        isOpen = true;
        void greet();
      },
      frame: (text) => socket === line && receive(text),
      closed: () => socket === line && lost(),
    });
    socket = line;
  };

  const greet = async () => {
    const askedMs = clock.nowMs();
    const reply = await send({ type: 'hello', version: PROTOCOL_VERSION, device: { ...device, name } });
    if (reply.state === 'answered' && reply.message.type === 'welcome') {
      serverOffsetMs = reply.message.serverNowMs - (askedMs + clock.nowMs()) / 2;
      failures = 0;
      setStatus({ state: 'online' });
      watchSilence();
    } else if (reply.state === 'refused' && reply.error.minBackoffMs === undefined) {
      end(reply.error);
    } else if (reply.state === 'refused') {
      drop(reply.error.minBackoffMs, reply.error.kind);
    }
  };

  const receive = (text: string) => {
    heardMs = clock.nowMs();
    heardFrames += 1;
    const decoded = decode(text);
    // API Gateway's own words about an integration that failed are no message of ours: the request runs into its time.
    if (!decoded.ok) return;
    const { message } = decoded;
    const answer = 're' in message && message.re !== undefined ? waiting.get(message.re) : undefined;
    if (!answer || !('re' in message) || message.re === undefined) return messages.emit(message);
    waiting.delete(message.re);
    answer(
      message.type === 'error' ? { state: 'refused', error: message.error } : { state: 'answered', message },
    );
  };

  const watchSilence = () => {
    cancelPing();
    const quietMs = clock.nowMs() - heardMs;
    cancelPing = clock.after(Math.max(0, PING_AFTER_MS - quietMs), () => {
      if (status.state !== 'online') return;
      if (clock.nowMs() - heardMs >= PING_AFTER_MS) void send({ type: 'ping' });
      heardMs = Math.max(heardMs, clock.nowMs() - PING_AFTER_MS / 2);
      watchSilence();
    });
  };

  const probe = () => {
    const before = heardFrames;
    void send({ type: 'ping' });
    cancelProbe();
    cancelProbe = clock.after(PROBED_WITHIN_MS, () => {
      if (heardFrames === before) drop();
    });
  };

  /** Gives the line up and comes back, not sooner than that. */
  const drop = (atLeastMs = 0, why?: ErrorKind) => {
    const line = socket;
    lost(atLeastMs, why);
    line?.close();
  };

  const lost = (atLeastMs = 0, why?: ErrorKind) => {
    socket = undefined;
    trouble = why;
    cancelPing();
    cancelProbe();
    for (const [id, answer] of [...waiting]) {
      waiting.delete(id);
      answer({ state: 'lost' });
    }
    if (status.state === 'closed') return;
    failures += 1;
    setConnecting();
    cancelRetry();
    cancelRetry = clock.after(atLeastMs + waitMs(RECONNECT, failures, random()), open);
  };

  const end = (error?: ProtocolError) => {
    setStatus(error ? { state: 'closed', error } : { state: 'closed' });
    cancelRetry();
    const line = socket;
    lost();
    line?.close();
  };

  const settled = () =>
    new Promise<void>((resolve) => {
      if (waiting.size === 0) return resolve();
      const stop = settlements.on(() => {
        stop();
        resolve();
      });
    });

  open();
  return {
    request: (message) => (status.state === 'online' ? send(message) : Promise.resolve({ state: 'lost' })),
    status: () => status,
    serverNowMs: () => clock.nowMs() + serverOffsetMs,
    onMessage: messages.on,
    onStatus: statuses.on,
    tryNow() {
      if (status.state === 'online') return probe();
      if (status.state === 'closed' || (socket && isOpen)) return;
      // One that still tries may be trying over a network that is gone.
      if (socket) drop();
      open();
    },
    settled: () => settled(),
    rename(next) {
      name = next;
      if (status.state !== 'online') return;
      drop();
      open();
    },
    reconnect: () => drop(),
    close: () => end(),
  };
}
