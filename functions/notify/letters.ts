import { uploadHash } from '../../protocol/addresses.ts';
import type { Environment } from '../environment.ts';
import { lazily } from '../lazily.ts';
import type { Mailer } from '../ports.ts';
import { noMailer } from './no-mailer.ts';
import type { Writer } from './writer.ts';

/** Letters as the environment has it. Only for functions that send any: the clients of SNS and SES weigh something. */
export function makeLetters({
  region,
  noticeTopicArn: topicArn,
  noticeFrom: from,
  pageOrigin,
}: Environment): Mailer {
  const toAll =
    topicArn === undefined
      ? noMailer
      : lazily<Pick<Mailer, 'send'>>({ send: true }, async () => {
          const { makeMailer } = await import('./mailer.ts');
          return makeMailer({ region, topicArn });
        });
  if (from === undefined) return toAll;
  const toOne = lazily<Writer>({ sendTo: true }, async () => {
    const { makeWriter } = await import('./writer.ts');
    return makeWriter({ region, from });
  });
  return {
    ...toAll,
    ...toOne,
    ...(pageOrigin !== undefined && { linkTo: (upload) => `${pageOrigin}/${uploadHash(upload)}` }),
  };
}
