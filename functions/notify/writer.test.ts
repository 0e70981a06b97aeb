import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { makeWriter } from './writer.ts';

// https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
test('a letter to one person is what SES takes for one, signed', async () => {
  const asked: unknown[] = [];
  const ses = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, url, headers } = request;
    asked.push(
      { method, url, signed: headers.authorization?.split('/').slice(2, 4).join('/') },
      JSON.parse(body),
    );
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"MessageId":"1"}');
  }).listen(0, '127.0.0.1');
  await once(ses, 'listening');
  const { port } = ses.address() as AddressInfo;
  const writer = makeWriter({
    region: 'eu-central-1',
    from: 'notices@example.org',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  await writer.sendTo('ada@example.org', { subject: 'Fertig: Übung.mov', text: 'Größe: 5 MB' });
  ses.closeAllConnections();
  ses.close();
  expect(asked).toEqual([
    { method: 'POST', url: '/v2/email/outbound-emails', signed: 'eu-central-1/ses' },
    {
      FromEmailAddress: 'notices@example.org',
      Destination: { ToAddresses: ['ada@example.org'] },
      Content: {
        Simple: {
          Subject: { Data: 'Fertig: Übung.mov', Charset: 'UTF-8' },
          Body: { Text: { Data: 'Größe: 5 MB', Charset: 'UTF-8' } },
        },
      },
    },
  ]);
});
