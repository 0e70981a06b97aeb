import { encode } from '../protocol/codec.ts';
import type { Down } from '../protocol/down.ts';
import type { Member, Ports } from './ports.ts';

/**
 * Sends a message to every device of the upload, except one. Who cannot be reached is cut (I4): on coming back it gets
 * a snapshot. Never throws for one device's sake.
 */
export async function broadcast(
  ports: Ports,
  upload: string,
  message: Down,
  exceptConnection?: string,
  hears: (member: Member) => boolean = () => true,
): Promise<void> {
  const members = await ports.members.members(upload);
  const frame = encode(message);
  const results = await Promise.all(
    members
      .filter((member) => member.connection !== exceptConnection && hears(member))
      .map(async (member) => ({ member, result: await send(ports, member, frame) })),
  );
  for (const { member, result } of results) {
    if (result === 'over') await dismiss(ports, member);
    if (result === 'failed' || result === 'over') await cut(ports, member.connection);
    if (result === 'gone') await dismiss(ports, member);
  }
}

async function send(
  ports: Ports,
  { connection, untilMs }: Member,
  frame: string,
): Promise<'sent' | 'gone' | 'failed' | 'over'> {
  // The link that it came by has run out: it hears no more.
  if (untilMs !== undefined && untilMs <= ports.clock.nowMs()) return 'over';
  return ports.sockets.post(connection, frame);
}

export async function cut(ports: Ports, connection: string): Promise<void> {
  try {
    await ports.sockets.close(connection);
  } catch (error) {
    ports.log({ kind: 'cut-failed', connection, error: error instanceof Error ? error.name : 'unknown' });
  }
}

/** Takes a connection off the upload, and tells the others if its device has no other connection there. */
export async function dismiss(ports: Ports, gone: Member): Promise<void> {
  await ports.members.dismiss(gone.upload, gone.connection);
  const members = await ports.members.members(gone.upload);
  if (members.some((member) => member.device === gone.device)) return;
  const { device: number, name, role, share } = gone;
  const device = { number, name, role, online: false, ...(share === undefined ? {} : { share }) };
  await broadcast(ports, gone.upload, { type: 'device', upload: gone.upload, device });
}
