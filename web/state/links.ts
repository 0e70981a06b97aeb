import { Secret, UploadId } from '../../protocol/messages/common.ts';

/** The secret of the link in the address bar, if there is one. It travels in the fragment, which is never sent. */
export function secretInHash(hash: string): string | undefined {
  const parsed = Secret.safeParse(hash.replace(/^#/, ''));
  return parsed.success ? parsed.data : undefined;
}

/** The link that admits whoever opens it. */
export function linkOf(pageUrl: string, secret: string): string {
  return `${pageUrl.replace(/#.*$/, '')}#${secret}`;
}

/** What `uploadHash` made. */
export function uploadInHash(hash: string): string | undefined {
  const parsed = UploadId.safeParse(/^#upload=(.*)$/.exec(hash)?.[1]);
  return parsed.success ? parsed.data : undefined;
}
