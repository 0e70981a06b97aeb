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
): Promise<void> {
  const members = await ports.members.members(upload);
  const frame = encode(message);
  const results = await Promise.all(
    members
      .filter((member) => member.connection !== exceptConnection)
      .map(async (member) => ({ member, result: await ports.sockets.post(member.connection, frame) })),
  );
  for (const { member, result } of results) {
    if (result === 'failed') await cut(ports, member.connection);
    if (result === 'gone') await dismiss(ports, member);
  }
}

async function cut(ports: Ports, connection: string): Promise<void> {
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
  const device = { number: gone.device, name: gone.name, role: gone.role, online: false };
  await broadcast(ports, gone.upload, { type: 'device', upload: gone.upload, device });
}
