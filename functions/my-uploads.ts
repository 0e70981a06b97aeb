import { encode, utf8Length } from '../protocol/codec.ts';
import { MAX_FRAME_BYTES } from '../protocol/limits.ts';
import type { MyUpload } from '../protocol/messages/sign-in.ts';
import type { Ports } from './ports.ts';

/** Undefined: it is no longer there. */
export async function myUpload(ports: Ports, upload: string): Promise<MyUpload | undefined> {
  const [meta, stored] = await Promise.all([ports.uploads.meta(upload), ports.uploads.state(upload)]);
  if (!meta || !stored) return undefined;
  const { name, sizeBytes, type, createdAtMs, expiresAtMs } = meta;
  return { upload, file: { name, sizeBytes, type }, state: stored.state, createdAtMs, expiresAtMs };
}

/** Tells every device of those whose upload this is how it stands now. Never throws for one device's sake. */
export async function tellPeople(ports: Ports, upload: string): Promise<void> {
  const owners = await ports.people.ownersOf(upload);
  if (owners.length === 0) return;
  const one = await myUpload(ports, upload);
  if (!one) return;
  const frame = encode({ type: 'mine', uploads: [one] });
  await Promise.all(
    owners.map(async (subject) => {
      for (const connection of await ports.people.connectionsOf(subject)) {
        const result = await ports.sockets.post(connection, frame);
        if (result === 'gone') await ports.people.depart(subject, connection);
      }
    }),
  );
}

const FRAME_MARGIN_BYTES = 256;

/** As many as fit a frame, frame by frame. */
export function inFrames(uploads: readonly MyUpload[]): MyUpload[][] {
  const frames: MyUpload[][] = [[]];
  let left = MAX_FRAME_BYTES - FRAME_MARGIN_BYTES;
  for (const upload of uploads) {
    const sizeBytes = utf8Length(JSON.stringify(upload)) + 1;
    if (sizeBytes > left) {
      frames.push([]);
      left = MAX_FRAME_BYTES - FRAME_MARGIN_BYTES;
    }
    left -= sizeBytes;
    frames.at(-1)?.push(upload);
  }
  return frames;
}
