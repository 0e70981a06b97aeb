import type { Environment } from '../environment.ts';
import { lazily } from '../lazily.ts';
import type { Mailer } from '../ports.ts';
import { noMailer } from './no-mailer.ts';

/** Letters through the topic that the environment names. Only for functions that send any: SNS's client weighs something. */
export function makeLetters({ region, noticeTopicArn: topicArn }: Environment): Mailer {
  if (topicArn === undefined) return noMailer;
  return lazily<Mailer>({ send: true }, async () => {
    const { makeMailer } = await import('./mailer.ts');
    return makeMailer({ region, topicArn });
  });
}
