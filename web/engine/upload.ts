import type { BoardDevice } from '../../protocol/messages/board.ts';
import {
  type FileInfo,
  isPaused as isPausedForAll,
  type UploadState,
} from '../../protocol/messages/common.ts';
import type { ErrorKind, ProtocolError } from '../../protocol/messages/error.ts';
import { isOver, makeBoardSession, type OpenBoard, type Opening } from './board-session.ts';
import type { Budget } from './budget.ts';
import type { Carrier, CarrierOptions } from './carrier.ts';
import type { CarrierState } from './carrier-state.ts';
import type { Connection } from './connection.ts';
import { numberedByName } from './device-names.ts';
import { makeEmitter } from './emitter.ts';
import { fadedBps } from './hearsay.ts';
import { type Links, makeLinks } from './links.ts';
import type { Memory } from './memory.ts';
import type { Clock, FilePort } from './ports.ts';
import { type Progress, progressOf } from './progress.ts';

/** Everything a page shows of an upload. */
export type UploadView =
  /** `trouble`: why the server that is there has not opened it yet; it is asked again. */
  | { state: 'opening'; trouble?: ErrorKind }
  | { state: 'refused'; error: ProtocolError }
  | {
      state: 'open';
      upload: string;
      file: FileInfo;
      role: OpenBoard['info']['role'];
      device: number;
      partCount: number;
      doneParts: number;
      phase: UploadState;
      carrier: CarrierState | undefined;
      /** The person has paused this device. */
      isPaused: boolean;
      progress: Progress;
      devices: DeviceView[];
    };

/** A device with its speed as last heard of, bytes a second. Its name is its own, or that with a number. */
export interface DeviceView extends BoardDevice {
  rateBps: number;
  isSelf: boolean;
  doneParts: number;
}

export interface UploadOptions {
  connection: Connection;
  clock: Clock;
  random: () => number;
  resolve: (url: string) => string;
  /** Requests in flight at once, to begin with. */
  atOnce: number;
  /** … and as many as this, while more of them bring more. */
  atMost?: number;
  /** Requests that there are connections for, those included that only wait for the store: no more than these leave. */
  connections?: number;
  /** Called once there is a file: on a page, what carries comes after what shows. */
  makeCarrier(options: CarrierOptions): Carrier;
  /** Where it is missing, nothing is remembered across a crash. */
  memory?: Memory;
  /** What the person allows this device to use of its line. */
  budget?: Budget;
}

export interface Upload {
  view(): UploadView;
  /** The board itself, for whoever draws it. */
  board(): OpenBoard | undefined;
  onChange(listener: () => void): () => void;
  /** Stripes that changed. */
  onStripes(listener: (stripes: readonly number[]) => void): () => void;
  /** Carries parts of this file from now on. */
  attach(file: FilePort): void;
  /** Stops carrying; the upload goes on without this device. */
  detach(): void;
  /** This device holds on, or goes on; with a file or before it has one. */
  pause(isPaused: boolean): void;
  /** For owners: all devices hold on, or go on. Undefined: done. */
  pauseAll(isPaused: boolean): Promise<ProtocolError | 'unanswered' | undefined>;
  /** For owners: the ways in for others. */
  links: Links;
  abort(): Promise<ProtocolError | undefined>;
  downloadLink(): Promise<{ url: string } | { error: ProtocolError | undefined }>;
  close(): void;
}

/** Who has not heard from the server for so long knows nothing of how fast others are. A line that comes back sooner is no news. */
const OUT_OF_TOUCH_MS = 3_000;

/** One upload on this device: its board, and the work for it once there is a file. */
export function makeUpload(options: UploadOptions, opening: Opening, file?: FilePort): Upload {
  const { connection, clock, random } = options;
  const changes = makeEmitter<void>();
  const stripeChanges = makeEmitter<readonly number[]>();
  const session = makeBoardSession(connection, clock, random, opening);
  const links = makeLinks(connection, () => session.board()?.info.upload);
  let carrier: Carrier | undefined;
  let refusal: ProtocolError | undefined;
  let trouble: ErrorKind | undefined;
  let shown: Progress | undefined;
  let isPaused = false;
  let lineLostMs: number | undefined;
  const stopWatchingLine = connection.onStatus(({ state }) => {
    lineLostMs = state === 'online' ? undefined : (lineLostMs ?? clock.nowMs());
  });
  const isOutOfTouch = () => lineLostMs !== undefined && clock.nowMs() - lineLostMs > OUT_OF_TOUCH_MS;

  /** The speed of another device, and never more than the board leaves room for. */
  const rateShown = ({ replica }: OpenBoard) => {
    const held = replica.holdings(connection.serverNowMs());
    return (device: number) => {
      const rateBps = session.rateOf(device);
      const sinceMs = session.heardOf(device)?.sinceMs;
      if (rateBps === undefined || sinceMs === undefined) return undefined;
      return fadedBps(rateBps, sinceMs, (held.get(device) ?? 0) * replica.geometry.partBytes);
    };
  };

  const carry = (next: FilePort) => {
    carrier?.stop();
    carrier = options.makeCarrier({
      ...options,
      session,
      file: next,
      isCreator: opening.kind === 'create',
      isPaused,
    });
    carrier.onChange(() => changes.emit());
    changes.emit();
  };

  session.on((event) => {
    if (event.kind === 'refused') refusal = event.error;
    if (event.kind === 'delayed') trouble = event.error.kind;
    if (event.kind === 'changed') stripeChanges.emit(event.stripes);
    if (event.kind === 'opened') refusal = undefined;
    if (event.kind === 'opened') stripeChanges.emit(allStripes(session.board()));
    changes.emit();
  });
  if (file) carry(file);

  return {
    view() {
      const board = session.board();
      if (refusal) return { state: 'refused', error: refusal };
      if (!board) return trouble ? { state: 'opening', trouble } : { state: 'opening' };
      // Whose disk is full, it is full for everybody.
      const isStill = isOutOfTouch() || carrier?.state().state === 'store-full';
      const rateOf = isStill ? () => undefined : rateShown(board);
      const devices = devicesOf(board, rateOf, carrier);
      const { replica, info, state } = board;
      shown = progressOf(
        {
          sizeBytes: info.file.sizeBytes,
          doneBytes: replica.doneBytes(),
          sentBytes: carrier?.sentBytes() ?? 0,
          rateBps: devices.reduce((sum, device) => sum + device.rateBps, 0),
          isFinished: state.state === 'finished',
          nowMs: clock.nowMs(),
        },
        shown,
      );
      return {
        state: 'open',
        upload: info.upload,
        file: info.file,
        role: info.role,
        device: info.device,
        partCount: replica.geometry.parts,
        doneParts: replica.doneParts(),
        phase: state,
        carrier: carrier?.state(),
        isPaused,
        progress: shown,
        devices,
      };
    },
    board: session.board,
    onChange: changes.on,
    onStripes: stripeChanges.on,
    attach: carry,
    detach() {
      carrier?.stop();
      carrier = undefined;
      changes.emit();
    },
    pause(next) {
      isPaused = next;
      carrier?.pause(next);
      changes.emit();
    },
    async pauseAll(paused) {
      const board = session.board();
      if (!board) return 'unanswered';
      const reply = await connection.request({ type: 'pause', upload: board.info.upload, paused });
      if (reply.state === 'lost') return 'unanswered';
      return reply.state === 'refused' ? reply.error : undefined;
    },
    links,
    async abort() {
      const board = session.board();
      if (!board) return undefined;
      const reply = await connection.request({ type: 'abort', upload: board.info.upload });
      return reply.state === 'refused' ? reply.error : undefined;
    },
    async downloadLink() {
      const board = session.board();
      if (!board) return { error: undefined };
      const reply = await connection.request({ type: 'download', upload: board.info.upload });
      if (reply.state === 'answered' && reply.message.type === 'link') {
        return { url: options.resolve(reply.message.url) };
      }
      return { error: reply.state === 'refused' ? reply.error : undefined };
    },
    close() {
      stopWatchingLine();
      carrier?.stop();
      links.close();
      session.close();
    },
  };
}

function allStripes(board: OpenBoard | undefined): number[] {
  return Array.from({ length: board?.replica.geometry.stripes ?? 0 }, (_, s) => s);
}

function devicesOf(
  board: OpenBoard,
  rateOf: (device: number) => number | undefined,
  carrier: Carrier | undefined,
): DeviceView[] {
  const done = board.replica.doneByDevice();
  // What was heard of a device before it was held on, or was through, is true no longer.
  const isStill = isOver(board.state) || isPausedForAll(board.state);
  const devices = [...board.members.values()]
    .map((member) => {
      const isSelf = member.number === board.info.device;
      const rateBps = (isSelf ? carrier?.rateBps() : rateOf(member.number)) ?? 0;
      return { ...member, isSelf, rateBps: isStill ? 0 : rateBps, doneParts: done.get(member.number) ?? 0 };
    })
    .sort((a, b) => a.number - b.number);
  return numberedByName(devices);
}
