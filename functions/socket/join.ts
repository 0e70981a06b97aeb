import { encode, utf8Length } from '../../protocol/codec.ts';
import { MAX_FRAME_BYTES } from '../../protocol/limits.ts';
import { type Board, type BoardDevice, stripeToWire } from '../../protocol/messages/board.ts';
import type { Role } from '../../protocol/messages/common.ts';
import type { Join, Leave } from '../../protocol/messages/upload.ts';
import { broadcast, dismiss } from '../broadcast.ts';
import { heal } from '../finish/heal.ts';
import { secretHash } from '../hashing.ts';
import { endOf } from '../links.ts';
import type { Caller, Member, UploadMeta } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { type Answer, type MessageContext, memberOf, notAdmitted } from './context.ts';

export async function join(context: MessageContext, caller: Caller, message: Join): Promise<Answer> {
  const { ports } = context;
  const share = await ports.shares.find(secretHash(message.secret));
  const end = share && endOf(share, ports.clock.nowMs());
  if (!share || end) throw notAdmitted(end);
  const meta = await ports.uploads.meta(share.upload);
  if (!meta) {
    throw new Refusal('not-ready', 'This upload is just being made. Trying again in a moment.', {
      minBackoffMs: 500,
    });
  }
  const admission = {
    role: share.role,
    share: share.share,
    untilMs: share.expiresAtMs,
    isLimited: share.limitBytes !== undefined,
    isMakers: share.isMakers,
  };
  return openBoard(context, caller, meta, admission, { re: message.id, proven: false });
}

export async function leave(context: MessageContext, message: Leave): Promise<Answer> {
  const member = await memberOf(context, message.upload);
  await dismiss(context.ports, member);
  return { type: 'ok', re: message.id };
}

/** By which right somebody comes: a link and its end, or neither for an owner who has signed in. */
export interface Admission {
  role: Role;
  share?: string;
  untilMs?: number;
  isLimited?: boolean;
  isMakers?: boolean;
}

/**
 * Makes the connection a member and answers with the snapshot. The order matters (I4): first a member, then the
 * reading. Whatever changes in between is in the snapshot or broadcast to the new member, or both.
 */
export async function openBoard(
  { ports, connection, rules }: MessageContext,
  caller: Caller,
  meta: UploadMeta,
  admission: Admission,
  { re, proven }: { re: number; proven: boolean },
): Promise<Answer> {
  const { upload } = meta;
  const before = await ports.uploads.state(upload);
  if (!before) throw new Error(`upload ${upload} has no STATE`);
  const { name } = caller;
  const { role, share } = admission;
  const known = share === undefined ? { role } : { role, share };
  const { limits } = rules;
  const here = await ports.members.members(upload);
  const { deviceId } = caller;
  // Who came by other links fills the board for one another only: else a watcher could lock out whoever may end it.
  const isOwner = role === 'owner';
  const rivals = here.filter((one) => (one.role === 'owner') === isOwner);
  const isCrowded =
    rivals.length >= limits.connectionsPerUpload ||
    here.filter((one) => one.deviceId === deviceId).length >= limits.connectionsPerDevice;
  const isBack = here.some((one) => one.connection === connection);
  if (isCrowded && !isBack) throw tooManyDevices();
  const most = limits.devicesPerUpload + (isOwner ? limits.devicesKeptForOwners : 0);
  const device = await ports.members.enrol(upload, deviceId, { name, ...known }, most);
  if (device === 'full') throw tooManyDevices();
  if (device === 'stopped') throw stopped();
  const member: Member = { upload, connection, device, deviceId, name, ...admission, proven, challenge: [] };
  await ports.members.admit(member);

  const [link, stripes, enrolled, members, stored] = await Promise.all([
    share === undefined ? undefined : ports.shares.get(upload, share),
    ports.stripes.loadAll(upload),
    ports.members.devices(upload),
    ports.members.members(upload),
    ports.uploads.state(upload),
  ]);
  // Whoever takes the link back writes that down first and looks for members then: one of us sees the other.
  const end = link && endOf(link, ports.clock.nowMs());
  if (share !== undefined && (!link || end)) {
    await dismiss(ports, member);
    throw notAdmitted(end);
  }
  const isOnline = (number: number) => members.some((other) => other.device === number);
  const board: Board = {
    type: 'board',
    re,
    upload,
    role,
    device,
    file: { name: meta.name, sizeBytes: meta.sizeBytes, type: meta.type },
    partBytes: meta.partBytes,
    createdAtMs: meta.createdAtMs,
    expiresAtMs: meta.expiresAtMs,
    state: (stored ?? before).state,
    proven,
    stripes: stripes.map(stripeToWire),
    devices: enrolled.map((known) => ({
      number: known.device,
      name: known.name,
      role: known.role,
      online: isOnline(known.device),
      ...(known.share === undefined ? {} : { share: known.share }),
    })),
  };
  await broadcast(
    ports,
    upload,
    { type: 'device', upload, device: { number: device, name, ...known, online: true } },
    connection,
  );
  await heal(ports, meta, stripes, stored?.fullStripes ?? new Set());
  return sendRest(ports, connection, board);
}

function tooManyDevices(): Refusal {
  return new Refusal('too-many', 'As many devices as there can be are at this upload. Try again later.', {
    expected: 'fewer devices on one board',
    minBackoffMs: 30_000,
  });
}

function stopped(): Refusal {
  return new Refusal(
    'device-stopped',
    'This device reported parts that the store does not have, so it takes no more part in this upload.',
  );
}

/** Room for the closing brackets and for what is counted roughly. */
const FRAME_MARGIN_BYTES = 512;

/** A snapshot that does not fit a frame goes in several: the rest as broadcasts of state, which any order suits. */
async function sendRest(ports: MessageContext['ports'], connection: string, board: Board): Promise<Board> {
  const room = MAX_FRAME_BYTES - FRAME_MARGIN_BYTES;
  const head = utf8Length(JSON.stringify({ ...board, stripes: [], devices: [] }));
  const devices = fill(board.devices, room - head);
  const devicesBytes = head + utf8Length(JSON.stringify(devices.taken));
  const stripes = fill(board.stripes, room - devicesBytes);
  for (let rest = stripes.rest; rest.length > 0; ) {
    const next = fill(rest, room);
    await ports.sockets.post(
      connection,
      encode({ type: 'stripes', upload: board.upload, stripes: next.taken }),
    );
    rest = next.rest;
  }
  for (const device of devices.rest) {
    await ports.sockets.post(connection, encode({ type: 'device', upload: board.upload, device }));
  }
  return { ...board, stripes: stripes.taken, devices: byNumber(devices.taken) };
}

function fill<Item>(items: readonly Item[], roomBytes: number): { taken: Item[]; rest: Item[] } {
  let sizeBytes = 0;
  let count = 0;
  for (const item of items) {
    sizeBytes += utf8Length(JSON.stringify(item)) + 1;
    if (sizeBytes > roomBytes) break;
    count++;
  }
  return { taken: items.slice(0, count), rest: items.slice(count) };
}

function byNumber(devices: readonly BoardDevice[]): BoardDevice[] {
  return [...devices].sort((a, b) => a.number - b.number);
}
