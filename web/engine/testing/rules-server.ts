import { allBits, bitsByStripe, NO_BITS, partsOf, stripeOf } from '../../../protocol/board/bits.ts';
import { decide, isFull } from '../../../protocol/board/decide.ts';
import { type Geometry, geometryOf } from '../../../protocol/board/geometry.ts';
import { clampLeaseMs } from '../../../protocol/board/lease.ts';
import { emptyStripe, type Stripe } from '../../../protocol/board/stripe.ts';
import { decodeUp, encode } from '../../../protocol/codec.ts';
import type { Down } from '../../../protocol/down.ts';
import { CHALLENGE_PARTS, MAX_STRIPES_PER_SYNC } from '../../../protocol/limits.ts';
import { type BoardDevice, stripeToWire } from '../../../protocol/messages/board.ts';
import { type FileInfo, isPaused, type Role, type UploadState } from '../../../protocol/messages/common.ts';
import type { ProtocolError } from '../../../protocol/messages/error.ts';
import type { Hello } from '../../../protocol/messages/hello.ts';
import type { Sync } from '../../../protocol/messages/sync.ts';
import type { Up } from '../../../protocol/up.ts';
import type { OpenSocket, SocketEvents } from '../ports.ts';
import type { VirtualClock } from './virtual-clock.ts';

export const UPLOAD = 'u'.repeat(22);
export const SECRETS = { own: 'o'.repeat(22), help: 'h'.repeat(22), watch: 'w'.repeat(22) };
/** The server's epoch at the virtual clock's 0. */
export const EPOCH_MS = 1_790_000_000_000;
/** One way. */
const LATENCY_MS = 10;
const ADDRESS_MS = 900_000; // 15 min

interface Line {
  events: SocketEvents;
  isOpen: boolean;
  /** Breaks it. */
  end(): void;
  hello?: Hello['device'];
  device?: BoardDevice;
}

/**
 * One upload, decided by the board's own rules, in virtual time: for tests in which it matters when something happens.
 * (Against the server itself, whose time is the real one: test/server/engine.test.ts.) Every frame goes through the
 * codec; one that the real server would refuse as it stands fails the test.
 */
export interface RulesServer {
  openSocket: OpenSocket;
  /** Every message that came, in order. */
  readonly heard: ReadonlyArray<{ atMs: number; message: Up }>;
  syncs(): Array<Sync & { atMs: number }>;
  /**
   * What becomes of this message if not what was asked: an error, or no answer at all, to one that was not carried out
   * (`unheard`) or was (`unanswered`).
   */
  mishap(message: Up): ProtocolError | 'unheard' | 'unanswered' | undefined;
  stripe(s: number): Stripe;
  /** The hashes published so far. */
  readonly manifest: ReadonlyMap<number, string>;
  /** Does as another device's sync would, and tells all. */
  decideFor(device: number, sync: Partial<Sync>): void;
  /** The line of every device breaks. */
  cut(): void;
}

export function makeRulesServer(clock: VirtualClock): RulesServer {
  const lines = new Set<Line>();
  const heard: Array<{ atMs: number; message: Up }> = [];
  const devices = new Map<string, BoardDevice>();
  const proven = new Set<Line>();
  const manifest = new Map<number, string>();
  let file: FileInfo | undefined;
  let geometry: Geometry = geometryOf(0);
  let stripes: Stripe[] = [];
  let state: UploadState = { state: 'open' };

  const epochMs = () => EPOCH_MS + Math.round(clock.nowMs());
  const stripeAt = (s: number) => stripes[s] ?? emptyStripe(s);

  const post = (line: Line, message: Down) => {
    const frame = encode(message);
    clock.after(LATENCY_MS, () => line.isOpen && line.events.frame(frame));
  };
  const tellBut = (sender: Line | undefined, message: Down) => {
    for (const line of lines) if (line !== sender && line.device) post(line, message);
  };

  const setState = (next: UploadState) => {
    state = next;
    tellBut(undefined, { type: 'state', upload: UPLOAD, state });
  };

  const openBoard = (line: Line, re: number, role: Role): Down => {
    if (!file) throw new Error('expected an upload; none was created');
    const { key, name } = line.hello ?? { key: '', name: '' };
    const device = devices.get(key) ?? {
      number: devices.size + 1,
      name,
      role,
      online: true,
    };
    devices.set(key, device);
    line.device = device;
    tellBut(line, { type: 'device', upload: UPLOAD, device });
    return {
      type: 'board',
      re,
      upload: UPLOAD,
      role,
      device: device.number,
      file,
      partBytes: geometry.partBytes,
      createdAtMs: EPOCH_MS,
      expiresAtMs: EPOCH_MS + 604_800_000,
      state,
      proven: proven.has(line),
      stripes: stripes.filter(({ rev }) => rev > 0).map(stripeToWire),
      devices: [...devices.values()],
    };
  };

  /** As the Lambda does it, one stripe after the other. */
  const apply = (device: number, sync: Partial<Sync>) => {
    const { hashes = [], done = [], release = [], want = [], hedge = [], renew = [] } = sync;
    for (const { part, sha256 } of hashes) if (!manifest.has(part)) manifest.set(part, sha256);
    const named = [hashes.map(({ part }) => part), done, release, want, hedge, renew];
    const [published, reported, released, wanted, hedged] = named.map(bitsByStripe);
    const touched = new Set(named.flat().map(stripeOf));
    if (touched.size > MAX_STRIPES_PER_SYNC) throw new Error(`${touched.size} stripes in one sync`);
    const granted: number[] = [];
    const changed: Stripe[] = [];
    for (const s of touched) {
      const before = stripeAt(s);
      const decision = decide(
        before,
        {
          kind: 'sync',
          device,
          publish: published?.get(s) ?? NO_BITS,
          done: reported?.get(s) ?? NO_BITS,
          release: released?.get(s) ?? NO_BITS,
          claim: wanted?.get(s) ?? NO_BITS,
          hedge: hedged?.get(s) ?? NO_BITS,
          similar: sync.similar ?? false,
          leaseMs: clampLeaseMs(sync.leaseMs ?? 60_000),
        },
        epochMs(),
      );
      stripes[s] = decision.stripe;
      granted.push(...partsOf(s, decision.granted));
      if (decision.stripe !== before) changed.push(decision.stripe);
    }
    return { granted, changed, touched: [...touched].map(stripeAt) };
  };

  const finishIfFull = () => {
    if (state.state !== 'open' || !stripes.every((stripe, s) => isFull(stripe, allBits(geometry, s)))) return;
    state = { state: 'finishing', untilMs: epochMs() + 60_000 };
    clock.after(50, () => setState({ state: 'finished', finishedAtMs: epochMs(), sha256: 'composite-1' }));
  };

  const onSync = (line: Line, message: Sync): Down => {
    if (!line.device) return refusal(message.id, { kind: 'not-joined', message: 'Not on this board.' });
    const needsProof = [message.want, message.hedge, message.hashes].some((list) => list.length > 0);
    if (needsProof && !proven.has(line)) {
      return refusal(message.id, { kind: 'not-proven', message: 'Not shown yet.' });
    }
    const other = message.hashes.find(({ part, sha256 }) => (manifest.get(part) ?? sha256) !== sha256);
    if (other) {
      const words = `Part ${other.part} has other bytes than when this upload began.`;
      return refusal(message.id, { kind: 'hash-contradicts', message: words, part: other.part });
    }
    const { granted, changed, touched } = apply(
      line.device.number,
      isPaused(state) ? { ...message, want: [], hedge: [] } : message,
    );
    if (changed.length > 0) {
      const by = { device: line.device.number, rateBps: message.rateBps };
      tellBut(line, { type: 'stripes', upload: UPLOAD, stripes: changed.map(stripeToWire), by });
    }
    finishIfFull();
    const answer: Down = {
      type: 'granted',
      re: message.id,
      upload: UPLOAD,
      serverNowMs: epochMs(),
      state,
      stripes: touched.map(stripeToWire),
    };
    if (granted.length === 0) return answer;
    const tickets = granted.map((part) => ({
      part,
      sha256: manifest.get(part) ?? '',
      signature: `at${clock.nowMs()}`,
    }));
    return {
      ...answer,
      put: {
        template: '/store?partNumber={part}&signature={signature}',
        expiresAtMs: epochMs() + ADDRESS_MS,
        tickets,
      },
    };
  };

  const refusal = (re: number, error: ProtocolError): Down => ({ type: 'error', re, error });

  const onOffer = (line: Line, re: number): Down => {
    if (manifest.size === 0 && line.device?.role !== 'owner') {
      return refusal(re, { kind: 'not-ready', message: 'Only just begun.', minBackoffMs: 1_000 });
    }
    const parts = [...manifest.keys()].sort((a, b) => a - b).slice(0, CHALLENGE_PARTS);
    return { type: 'challenge', re, parts };
  };

  const onProve = (line: Line, message: Extract<Up, { type: 'prove' }>): Down => {
    const differing = message.hashes.find(({ part, sha256 }) => manifest.get(part) !== sha256);
    if (!differing) {
      proven.add(line);
      return { type: 'proven', re: message.id };
    }
    const { part } = differing;
    return refusal(message.id, { kind: 'different-file', message: `Part ${part} differs.`, part });
  };

  const answerTo = (line: Line, message: Up): Down => {
    const re = message.id;
    switch (message.type) {
      case 'hello':
        line.hello = message.device;
        return { type: 'welcome', re, serverNowMs: epochMs() };
      case 'create':
        file ??= message.file;
        geometry = geometryOf(file.sizeBytes);
        if (stripes.length === 0)
          stripes = Array.from({ length: geometry.stripes }, (_, s) => emptyStripe(s));
        proven.add(line);
        return openBoard(line, re, 'owner');
      case 'join': {
        const role = (['own', 'help', 'watch'] as const).find((kind) => SECRETS[kind] === message.secret);
        proven.delete(line);
        if (!role) return refusal(re, { kind: 'not-admitted', message: 'This link is not valid.' });
        return openBoard(line, re, ({ own: 'owner', help: 'helper', watch: 'watcher' } as const)[role]);
      }
      case 'offer':
        return onOffer(line, re);
      case 'prove':
        return onProve(line, message);
      case 'sync':
        return onSync(line, message);
      case 'abort':
        setState({ state: 'aborted', abortedAtMs: epochMs() });
        return { type: 'ok', re };
      case 'pause': {
        setState(message.paused ? { state: 'open', pausedAtMs: epochMs() } : { state: 'open' });
        return { type: 'ok', re };
      }
      case 'download':
        return { type: 'link', re, url: '/store/the-object', expiresAtMs: epochMs() + ADDRESS_MS };
      case 'share':
      case 'revoke':
      case 'list':
        return { type: 'shares', re, upload: message.upload, shares: [] };
      case 'open':
        proven.delete(line);
        return openBoard(line, re, 'owner');
      case 'sign-in':
        return { type: 'signed-in', re, name: 'somebody', untilMs: epochMs() + ADDRESS_MS };
      case 'list-mine':
        return { type: 'mine', re, uploads: [] };
      case 'mail-me':
      case 'adopt':
        return { type: 'ok', re };
      case 'leave':
        delete line.device;
        return { type: 'ok', re };
      case 'ping':
        return { type: 'pong', re, serverNowMs: epochMs() };
    }
  };

  const receive = (line: Line, frame: string) => {
    const decoded = decodeUp(frame);
    if (!decoded.ok) throw new Error(`the engine sent what is no message: ${JSON.stringify(decoded.error)}`);
    const { message } = decoded;
    heard.push({ atMs: clock.nowMs(), message });
    const mishap = server.mishap(message);
    if (mishap === 'unheard') return;
    const isRefused = typeof mishap === 'object';
    const answer = isRefused ? refusal(message.id, mishap) : answerTo(line, message);
    if (mishap !== 'unanswered') post(line, answer);
  };

  const server: RulesServer = {
    heard,
    syncs: () =>
      heard.flatMap(({ atMs, message }) => (message.type === 'sync' ? [{ ...message, atMs }] : [])),
    mishap: () => undefined,
    stripe: stripeAt,
    manifest,
    decideFor(device, sync) {
      const { changed } = apply(device, sync);
      const by = { device, rateBps: sync.rateBps ?? 0 };
      tellBut(undefined, { type: 'stripes', upload: UPLOAD, stripes: changed.map(stripeToWire), by });
      finishIfFull();
    },
    cut() {
      for (const line of [...lines]) line.end();
    },
    openSocket(events) {
      let isOver = false;
      const line: Line = {
        events,
        isOpen: false,
        end() {
          if (isOver) return;
          isOver = true;
          line.isOpen = false;
          lines.delete(line);
          events.closed();
        },
      };
      clock.after(LATENCY_MS, () => {
        if (isOver) return;
        lines.add(line);
        line.isOpen = true;
        events.opened();
      });
      return {
        send: (frame) => void clock.after(LATENCY_MS, () => line.isOpen && receive(line, frame)),
        // As in browsers: `closed` comes later, and frames may come until then.
        close: () => void clock.after(LATENCY_MS, line.end),
      };
    },
  };
  return server;
}
