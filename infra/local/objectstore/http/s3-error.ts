const STATUS_BY_CODE = {
  AccessDenied: 403,
  AuthorizationHeaderMalformed: 400,
  AuthorizationQueryParametersError: 400,
  BadDigest: 400,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidToken: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedXML: 400,
  MaxMessageLengthExceeded: 400,
  MissingContentLength: 411,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  RequestTimeout: 400,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
  XAmzContentSHA256Mismatch: 400,
  // S3's disks are never full. This is what MinIO says, so that tools for such stores know it.
  XMinioStorageFull: 507,
} as const;

/** The subset of https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html that we speak. */
export type S3ErrorCode = keyof typeof STATUS_BY_CODE;

/** A refusal as S3 words it. `details` become extra elements of the error document, `headers` extra headers. */
export class S3Error extends Error {
  readonly code: S3ErrorCode;
  readonly status: number;
  readonly details: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: S3ErrorCode,
    message: string,
    extra: { details?: Record<string, string>; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause });
    this.name = 'S3Error';
    this.code = code;
    this.status = STATUS_BY_CODE[code];
    this.details = extra.details ?? {};
    this.headers = extra.headers ?? {};
  }
}

/** The client closed the connection in mid-body: normal on mobile links, and there is nobody to answer. */
export class ClientGone extends Error {
  constructor() {
    super('the client closed the connection before its request body was complete');
    this.name = 'ClientGone';
  }
}
