import type { Abort, Download } from '../../protocol/messages/upload.ts';
import { broadcast } from '../broadcast.ts';
import { tellPeople } from '../my-uploads.ts';
import { Refusal } from '../refusal.ts';
import { type Answer, type MessageContext, memberOf, metaOf, requireRole } from './context.ts';

export async function abort(context: MessageContext, message: Abort): Promise<Answer> {
  const { ports } = context;
  const { upload } = message;
  const member = await memberOf(context, upload);
  requireRole(member, ['owner'], 'end this upload');
  const meta = await metaOf(ports, upload);
  const abortedAtMs = ports.clock.nowMs();
  if (!(await ports.uploads.abort(upload, abortedAtMs))) {
    const now = await ports.uploads.state(upload);
    // Said a second time: it is ended, and that is what was asked for.
    if (now?.state.state !== 'aborted') {
      throw new Refusal('upload-ended', 'This upload has finished already; there is nothing to end.', {
        expected: 'an upload that has not finished',
      });
    }
  }
  await ports.bucket.abort(meta.key, meta.s3UploadId);
  ports.log({ kind: 'aborted', upload });
  await broadcast(ports, upload, { type: 'state', upload, state: { state: 'aborted', abortedAtMs } });
  await tellPeople(ports, upload);
  return { type: 'ok', re: message.id };
}

export async function download(context: MessageContext, message: Download): Promise<Answer> {
  const { ports, host } = context;
  const member = await memberOf(context, message.upload);
  requireRole(member, ['owner'], 'download this file');
  const stored = await ports.uploads.state(message.upload);
  if (stored?.state.state !== 'finished') {
    throw new Refusal('not-finished', 'This file can be downloaded once it is complete.', {
      expected: 'finished',
      value: stored?.state.state ?? 'unknown',
    });
  }
  const meta = await metaOf(ports, message.upload);
  const { url, expiresAtMs } = await ports.bucket.signDownload(meta, host);
  return { type: 'link', re: message.id, url, expiresAtMs };
}
