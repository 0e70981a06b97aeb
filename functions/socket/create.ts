import { geometryOf, isFileSize, MAX_FILE_BYTES } from '../../protocol/board/geometry.ts';
import type { Role } from '../../protocol/messages/common.ts';
import type { Create } from '../../protocol/messages/upload.ts';
import { counterNameOf, secretHash, shareIdOf, uploadIdOf } from '../hashing.ts';
import { tellPeople } from '../my-uploads.ts';
import { objectKeyOf } from '../object-key.ts';
import type { Caller, UploadMeta } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { isFromHere, mayCreate } from '../rules.ts';
import type { Answer, MessageContext } from './context.ts';
import { openBoard } from './join.ts';

/** An upload that nobody finished by then is given up. */
const UPLOAD_LIFE_MS = 7 * 86_400_000;

export async function create(context: MessageContext, caller: Caller, message: Create): Promise<Answer> {
  const { ports } = context;
  const { file, secrets } = message;
  if (!isFileSize(file.sizeBytes)) {
    throw new Refusal('bad-size', 'This file is too big, or its size makes no sense.', {
      expected: `a whole number of bytes from 0 to ${MAX_FILE_BYTES}`,
      value: String(file.sizeBytes),
    });
  }
  if (new Set(Object.values(secrets)).size < 3) {
    throw new Refusal('malformed', 'The three secrets of an upload have to be different ones.', {
      expected: 'three different secrets',
    });
  }
  const upload = uploadIdOf(secrets.own);
  // Said a second time (its answer was lost): the same upload, and nothing is made twice.
  const known = await ports.uploads.meta(upload);
  if (!known) await requireMayCreate(context, caller, message);
  const meta = known ?? (await make(context, upload, message));
  if (caller.subject !== undefined && !(await context.ports.people.owns(caller.subject, upload))) {
    await context.ports.people.own(caller.subject, upload, meta.expiresAtMs);
    await tellPeople(context.ports, upload);
  }
  const admission = {
    role: 'owner',
    share: shareIdOf(secrets.own),
    untilMs: meta.expiresAtMs,
    isMakers: true,
  } as const;
  return openBoard(context, caller, meta, admission, { re: message.id, proven: true });
}

const newShare = (secret: string, role: Role) => ({
  secretHash: secretHash(secret),
  share: shareIdOf(secret),
  role,
});

const HOUR_MS = 3_600_000;

async function requireMayCreate(
  context: MessageContext,
  { subject }: Caller,
  { key }: Create,
): Promise<void> {
  const { ports, rules, sourceIp, host } = context;
  if (!mayCreate(rules.create, { sourceIp, host, isSignedIn: subject !== undefined, key })) {
    throw new Refusal(
      'sign-in-first',
      rules.create.by === 'signed-in'
        ? 'Sign in to upload here. A link that somebody gave you works without.'
        : 'To upload from this network, open the address with the key that this server shows when it starts (its QR code), or sign in.',
      { expected: 'somebody who may create uploads here' },
    );
  }
  if (sourceIp === '' || isFromHere(sourceIp, host)) return;
  const who = subject ?? counterNameOf(sourceIp);
  const most = rules.limits.uploadsPerHour;
  if (await ports.quotas.take({ of: 'uploads', who, most, windowMs: HOUR_MS })) return;
  throw new Refusal('too-many', 'That is as many new uploads as one hour has room for. Try again later.', {
    expected: `at most ${most} an hour`,
    minBackoffMs: HOUR_MS / 4,
  });
}

async function make(
  { ports }: MessageContext,
  upload: string,
  { file, secrets }: Create,
): Promise<UploadMeta> {
  const key = objectKeyOf(upload);
  const nowMs = ports.clock.nowMs();
  const s3UploadId = await ports.bucket.create(key, file.type);
  const meta: UploadMeta = {
    upload,
    key,
    s3UploadId,
    sizeBytes: file.sizeBytes,
    partBytes: geometryOf(file.sizeBytes).partBytes,
    name: file.name,
    type: file.type,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + UPLOAD_LIFE_MS,
  };
  const made = await ports.uploads.create(meta, [
    newShare(secrets.own, 'owner'),
    newShare(secrets.help, 'helper'),
    newShare(secrets.watch, 'watcher'),
  ]);
  if (made === 'created') {
    ports.log({ kind: 'created', upload, sizeBytes: meta.sizeBytes });
    return meta;
  }
  // Two of the same `create` at once: the other one was first, this S3 upload is not needed.
  await ports.bucket.abort(key, s3UploadId);
  const first = await ports.uploads.meta(upload);
  if (!first) throw new Error(`upload ${upload} exists without META`);
  return first;
}
