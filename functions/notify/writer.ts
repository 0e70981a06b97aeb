import { SESv2Client, type SESv2ClientConfig, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { Mailer } from '../ports.ts';

export type Writer = Required<Pick<Mailer, 'sendTo'>>;

/** Letters to one person each, through SES. `from`: an address that SES has verified, or one of a domain that it has. */
export function makeWriter({
  from,
  ...config
}: { region: string; from: string } & Pick<SESv2ClientConfig, 'endpoint' | 'credentials'>): Writer {
  const client = new SESv2Client(config);
  return {
    async sendTo(address, { subject, text }) {
      const said = (Data: string) => ({ Data, Charset: 'UTF-8' });
      await client.send(
        new SendEmailCommand({
          FromEmailAddress: from,
          Destination: { ToAddresses: [address] },
          Content: { Simple: { Subject: said(subject), Body: { Text: said(text) } } },
        }),
      );
    },
  };
}
