import { S3Error } from './s3-error.ts';

/** Decoded query parameters; a name that S3 would see twice is refused, so that nothing is read two ways. */
export type Query = ReadonlyMap<string, string>;

/** What a request line names. `path` stays as it was sent: it is what the signature covers. */
export interface Target {
  readonly path: string;
  readonly query: Query;
  readonly bucket: string;
  /** `null` for the bucket itself. */
  readonly key: string | null;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;

/** Our answers are XML 1.0, which has no way at all to write these characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Reads a path-style request line, `/s3/BUCKET/KEY?query`. Errors: InvalidURI, InvalidArgument, KeyTooLongError. */
export function parseTarget(url: string, basePath: string): Target {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  if (!path.startsWith(`${basePath}/`)) {
    throw new S3Error('InvalidURI', `Expected a path below ${basePath}/.`);
  }
  const rest = path.slice(basePath.length + 1);
  const slash = rest.indexOf('/');
  const bucket = slash < 0 ? rest : rest.slice(0, slash);
  const key = slash < 0 ? '' : decode(rest.slice(slash + 1));
  return {
    path,
    query: parseQuery(mark < 0 ? '' : url.slice(mark + 1)),
    // Never decoded: an encoded slash in a bucket's place names no bucket.
    bucket,
    key: key === '' ? null : checkedKey(key),
  };
}

function parseQuery(text: string): Query {
  const query = new Map<string, string>();
  for (const field of text.split('&')) {
    if (field === '') continue;
    const equals = field.indexOf('=');
    const name = decode(equals < 0 ? field : field.slice(0, equals));
    if (query.has(name)) {
      throw new S3Error('InvalidArgument', 'Expected every query parameter once, found one twice.');
    }
    query.set(name, equals < 0 ? '' : decode(field.slice(equals + 1)));
  }
  return query;
}

function checkedKey(key: string): string {
  const sizeBytes = Buffer.byteLength(key);
  if (sizeBytes > MAX_KEY_BYTES) {
    throw new S3Error('KeyTooLongError', 'Your key is too long.', {
      details: { Size: String(sizeBytes), MaxSizeAllowed: String(MAX_KEY_BYTES) },
    });
  }
  if (NOT_IN_XML.test(key)) {
    throw new S3Error('InvalidArgument', 'Expected a key without control characters.');
  }
  return key;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI.", { cause });
  }
}
