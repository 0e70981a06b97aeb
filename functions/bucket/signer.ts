import { GetObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl, S3RequestPresigner } from '@aws-sdk/s3-request-presigner';
import type { HttpRequest } from '@smithy/types';
import type { Bucket, PartToSign, SignedParts, UploadMeta } from '../ports.ts';
import { attachmentNamed } from './content-disposition.ts';
import { ANY_BYTES } from './content-type.ts';
import { amzDate, CHECKSUM_HEADER, makePartSignatures } from './part-signatures.ts';

export interface SignerOptions {
  bucket: string;
  region: string;
  endpoint: string | undefined;
  forcePathStyle: boolean;
  /** Undefined: the SDK's usual ones. */
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
  /** The store's path behind the socket's own host; see `S3_PUBLIC_PATH`. */
  publicPath: string | undefined;
  nowMs: () => number;
}

/** Common to all clients of the store. */
export function s3Config({ region, endpoint, forcePathStyle, credentials }: SignerOptions) {
  return {
    region,
    forcePathStyle,
    ...(endpoint ? { endpoint } : {}),
    ...(credentials ? { credentials } : {}),
    // The SDK's default adds a CRC32 that S3-compatible stores may not know; ours are SHA-256, explicit.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  } as const;
}

/** How long an address is good for. A longer one would outlive the role that signed it, a shorter one the queue. */
const SIGNED_MS = 15 * 60_000;
/** Uploads whose model is remembered. */
const MAX_MODELS = 1_000;

type Credentials = Awaited<ReturnType<S3Client['config']['credentials']>>;

/** What all addresses of an upload have in common. */
interface Model {
  /** With `{part}`, `{date}` and `{signature}` to be filled in. */
  template: string;
  signatureOf: (part: PartToSign, date: string) => string;
  day: string;
  credentials: Credentials;
}

export function makeSigner(options: SignerOptions): Pick<Bucket, 'signParts' | 'signDownload'> {
  const clients = new Map<string, S3Client>();
  const presigners = new WeakMap<S3Client, S3RequestPresigner>();

  const clientFor = (host: string): S3Client => {
    const endpoint =
      options.publicPath === undefined ? options.endpoint : `http://${host}${options.publicPath}`;
    const known = clients.get(endpoint ?? '');
    if (known) return known;
    // Hosts come from clients' requests: a handful at most is worth remembering.
    if (clients.size >= 16) clients.clear();
    const client = new S3Client(s3Config({ ...options, endpoint }));
    clients.set(endpoint ?? '', client);
    return client;
  };

  const presignerFor = (client: S3Client): S3RequestPresigner => {
    const known = presigners.get(client);
    if (known) return known;
    const presigner = new S3RequestPresigner({ ...client.config });
    presigners.set(client, presigner);
    return presigner;
  };

  const models = new WeakMap<S3Client, Map<string, Model>>();

  /** The SDK signs one part of an upload a day; for others the model is right as long as the credentials are the same. */
  const modelOf = async (
    client: S3Client,
    meta: UploadMeta,
    part: PartToSign,
    date: string,
  ): Promise<Model> => {
    const known = models.get(client) ?? new Map<string, Model>();
    models.set(client, known);
    const credentials = await client.config.credentials();
    const day = date.slice(0, 8);
    const model = known.get(meta.s3UploadId);
    if (model?.day === day && isSame(model.credentials, credentials)) return model;
    if (known.size >= MAX_MODELS) known.clear();
    const made = { ...(await makeModel(client, meta, part)), day, credentials };
    known.set(meta.s3UploadId, made);
    return made;
  };

  const makeModel = async (client: S3Client, meta: UploadMeta, part: PartToSign) => {
    const signingDate = new Date(options.nowMs());
    const base = await requestFor(client, options.bucket, meta);
    const request = await presignerFor(client).presign(requestOf(base, part), {
      signingDate,
      expiresIn: SIGNED_MS / 1_000,
      // Without this the checksum is hoisted into the query, where S3 does not enforce it (aws-sdk-go-v2#2610).
      unhoistableHeaders: new Set([CHECKSUM_HEADER]),
    });
    const { secretAccessKey } = await client.config.credentials();
    const signatureOf = makePartSignatures(request, secretAccessKey);
    const date = amzDate(signingDate);
    const signature = String(request.query?.['X-Amz-Signature']);
    if (signatureOf(part, date) !== signature) {
      throw new Error('a signature is not the one that the SDK makes for the same part');
    }
    const template = publicForm(urlOf(request))
      .replace(`partNumber=${part.part}`, 'partNumber={part}')
      .replace(`X-Amz-Signature=${signature}`, 'X-Amz-Signature={signature}')
      .replace(`X-Amz-Date=${date}`, 'X-Amz-Date={date}');
    return { template, signatureOf };
  };

  /** Behind the socket's own host the address is relative: the scheme is then whatever the device came by. */
  const publicForm = (url: URL) =>
    options.publicPath === undefined ? url.href : `${url.pathname}${url.search}`;

  return {
    async signParts(meta, parts, host): Promise<SignedParts> {
      const nowMs = options.nowMs();
      const date = amzDate(new Date(nowMs));
      // Signatures know whole seconds.
      const expiresAtMs = Math.floor(nowMs / 1_000) * 1_000 + SIGNED_MS;
      const [first] = parts;
      if (!first) return { template: '', expiresAtMs, signatures: new Map() };
      const { template, signatureOf } = await modelOf(clientFor(host), meta, first, date);
      const signatures = new Map(parts.map((part) => [part.part, signatureOf(part, date)]));
      return { template: template.replace('{date}', date), expiresAtMs, signatures };
    },

    async signDownload(meta, host) {
      const signingDate = new Date(options.nowMs());
      const url = await getSignedUrl(
        clientFor(host),
        new GetObjectCommand({
          Bucket: options.bucket,
          Key: meta.key,
          ResponseContentDisposition: attachmentNamed(meta.name),
          // Not what its maker called it: nothing is to be made of these bytes before they are a file on a disk.
          ResponseContentType: ANY_BYTES,
        }),
        { signingDate, expiresIn: SIGNED_MS / 1_000 },
      );
      return { url: publicForm(new URL(url)), expiresAtMs: signingDate.getTime() + SIGNED_MS };
    },
  };
}

/** Where UploadPart of this upload goes, by the SDK's own rules for endpoints: asked once for many parts. */
async function requestFor(client: S3Client, bucket: string, meta: UploadMeta): Promise<URL> {
  const command = new UploadPartCommand({
    Bucket: bucket,
    Key: meta.key,
    UploadId: meta.s3UploadId,
    PartNumber: 1,
  });
  const url = new URL(await getSignedUrl(client, command, { expiresIn: 1 }));
  for (const name of [...url.searchParams.keys()]) {
    if (name.startsWith('X-Amz-')) url.searchParams.delete(name);
  }
  return url;
}

function requestOf(base: URL, { part, sha256, sizeBytes }: PartToSign): HttpRequest {
  const query = Object.fromEntries(base.searchParams);
  query.partNumber = String(part);
  return {
    method: 'PUT',
    protocol: base.protocol,
    hostname: base.hostname,
    ...(base.port ? { port: Number(base.port) } : {}),
    path: base.pathname,
    query,
    headers: { host: base.host, 'content-length': String(sizeBytes), [CHECKSUM_HEADER]: sha256 },
  } as HttpRequest;
}

function urlOf(request: Awaited<ReturnType<S3RequestPresigner['presign']>>): URL {
  const url = new URL(
    `${request.protocol}//${request.hostname}${request.port ? `:${request.port}` : ''}${request.path}`,
  );
  for (const [name, value] of Object.entries(request.query ?? {})) {
    url.searchParams.set(name, Array.isArray(value) ? (value[0] ?? '') : (value ?? ''));
  }
  return url;
}

function isSame(a: Credentials, b: Credentials): boolean {
  return (
    a.accessKeyId === b.accessKeyId &&
    a.secretAccessKey === b.secretAccessKey &&
    a.sessionToken === b.sessionToken
  );
}
