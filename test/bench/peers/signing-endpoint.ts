import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

interface Asked {
  uploadId: string;
  key: string;
  partNumber: number;
  parts: Array<{ PartNumber: number; ETag: string }>;
}

/** What somebody who uses Uppy with S3 has on their server: creates, signs part by part, completes. */
export async function openSigningEndpoint(
  client: S3Client,
  bucket: string,
): Promise<{ origin: string; close(): void }> {
  const answers: Record<string, (asked: Asked) => Promise<object>> = {
    async '/create'() {
      const key = `bench/uppy-${Date.now()}`;
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: key }));
      return { uploadId: UploadId, key };
    },
    async '/sign'({ uploadId, key, partNumber }) {
      const part = { Bucket: bucket, Key: key, UploadId: uploadId, PartNumber: partNumber };
      return { url: await getSignedUrl(client, new UploadPartCommand(part)) };
    },
    async '/complete'({ uploadId, key, parts }) {
      const MultipartUpload = { Parts: parts.sort((a, b) => a.PartNumber - b.PartNumber) };
      const target = { Bucket: bucket, Key: key, UploadId: uploadId, MultipartUpload };
      await client.send(new CompleteMultipartUploadCommand(target));
      return {};
    },
  };
  const server = createServer(async (request, response) => {
    const answer = answers[request.url ?? ''];
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (!answer) return response.writeHead(404).end();
    try {
      response.end(JSON.stringify(await answer(JSON.parse(await bodyOf(request)))));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
