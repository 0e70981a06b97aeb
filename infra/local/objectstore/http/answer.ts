import { type ServerResponse, validateHeaderValue } from 'node:http';
import { S3Error } from './s3-error.ts';
import { toXml } from './xml.ts';

/** What an operation hands back; the body is sent by one place only. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: AnswerBody;
  /** Called once when the answer is sent, or cannot be. */
  readonly done?: () => void;
}

export type AnswerBody =
  | { readonly kind: 'text'; readonly text: string; readonly contentType: string }
  /** `stream` writes exactly `sizeBytes` to the response and ends it. */
  | { readonly kind: 'stream'; readonly sizeBytes: number; stream(response: ServerResponse): Promise<void> };

/** On every answer, errors included: without the CORS headers a page could not even read why it was refused. */
const COMMON_HEADERS: Readonly<Record<string, string>> = {
  // No credentials mode, so any origin is safe: the signature is the permission.
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'ETag, x-amz-checksum-sha256, x-amz-request-id',
  // Stored bytes share an origin with the page, so nothing of theirs may ever run there.
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
};

export function xmlAnswer(status: number, document: Parameters<typeof toXml>[0]): Answer {
  return { status, body: { kind: 'text', text: toXml(document), contentType: 'application/xml' } };
}

export function errorAnswer(error: S3Error, resource: string, requestId: string): Answer {
  const document = {
    Error: {
      Code: error.code,
      Message: error.message,
      ...error.details,
      Resource: resource,
      RequestId: requestId,
    },
  };
  return { ...xmlAnswer(error.status, document), headers: error.headers };
}

/** Resolves when the answer is handed over. Errors: InvalidArgument when a header cannot carry its value. */
export async function send(
  response: ServerResponse,
  requestId: string,
  answer: Answer,
  options: { close: boolean },
): Promise<void> {
  try {
    if (response.destroyed) return;
    const headers = Object.entries(answer.headers ?? {});
    for (const [name, value] of headers) checkHeader(name, value);
    for (const [name, value] of Object.entries(COMMON_HEADERS)) response.setHeader(name, value);
    for (const [name, value] of headers) response.setHeader(name, value);
    response.setHeader('x-amz-request-id', requestId);
    if (options.close) response.setHeader('connection', 'close');
    response.statusCode = answer.status;
    await sendBody(response, answer);
  } finally {
    answer.done?.();
  }
}

async function sendBody(response: ServerResponse, { status, body }: Answer): Promise<void> {
  if (body?.kind === 'stream') {
    response.setHeader('content-length', body.sizeBytes);
    if (response.req.method === 'HEAD') response.end();
    else await body.stream(response);
  } else if (body?.kind === 'text') {
    const bytes = Buffer.from(body.text);
    response.setHeader('content-type', body.contentType);
    response.setHeader('content-length', bytes.byteLength);
    response.end(bytes);
  } else {
    if (status !== 204 && status !== 304) response.setHeader('content-length', 0);
    response.end();
  }
}

/** Some values come from the requester (`response-content-disposition`), and a header cannot carry them all. */
function checkHeader(name: string, value: string): void {
  try {
    validateHeaderValue(name, value);
  } catch (cause) {
    throw new S3Error('InvalidArgument', `Expected a value for ${name} that an HTTP header can carry.`, {
      cause,
    });
  }
}
