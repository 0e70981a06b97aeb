import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Mailer } from '../ports.ts';

/** Letters through an SNS topic: whoever has subscribed an address to it, and confirmed that, gets them. */
export function makeMailer({ region, topicArn }: { region: string; topicArn: string }): Mailer {
  const client = new SNSClient({ region });
  return {
    async send({ upload, subject, text }) {
      await client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: subject,
          Message: text,
          MessageAttributes: { upload: { DataType: 'String', StringValue: upload } },
        }),
      );
    },
  };
}
