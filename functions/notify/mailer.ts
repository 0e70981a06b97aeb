import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Mailer } from '../ports.ts';
import { asciiSubject } from './letter.ts';

/** Letters through an SNS topic: whoever has subscribed an address to it, and confirmed that, gets them. */
export function makeMailer({ region, topicArn }: { region: string; topicArn: string }): Pick<Mailer, 'send'> {
  const client = new SNSClient({ region });
  return {
    async send({ upload, subject, text }) {
      await client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: asciiSubject(subject),
          Message: text,
          MessageAttributes: { upload: { DataType: 'String', StringValue: upload } },
        }),
      );
    },
  };
}
