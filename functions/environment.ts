import { z } from 'zod';

const Flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');

/** All that the functions read of their environment. In AWS set by the stack, on one machine by `npm start`. */
const Variables = z.object({
  AWS_REGION: z.string().min(1).default('us-east-1'),
  TABLE_NAME: z.string().min(3),
  S3_BUCKET: z.string().min(3),
  S3_ENDPOINT: z.url().optional(),
  S3_FORCE_PATH_STYLE: Flag.default(false),
  /** The store's own credentials, where they are others than the usual AWS ones. */
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  /** Set where the store is behind the same host as the socket: its path there. Addresses are then signed for the host by which each device reached us. */
  S3_PUBLIC_PATH: z.string().startsWith('/').optional(),
  DYNAMODB_ENDPOINT: z.url().optional(),
  CONNECTIONS_ENDPOINT: z.url(),
  LAMBDA_ENDPOINT: z.url().optional(),
  FINISH_FUNCTION: z.string().min(1).optional(),
  /** Set by Lambda. The finish function itself goes by it: a stack cannot tell a function its own name. */
  AWS_LAMBDA_FUNCTION_NAME: z.string().optional(),
  /** The topic of letters, where there is one. */
  NOTICE_TOPIC_ARN: z.string().startsWith('arn:').optional(),
  /** From whom letters to people are, where this server writes any: an address that SES lets it use. */
  NOTICE_FROM: z.string().includes('@').optional(),
  /** Who says who people are, and what it calls this page: both or neither. */
  OIDC_ISSUER: z.url({ protocol: /^https$/ }).optional(),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  /** The only page that may open sockets, where that is not looked at before they get here. Programs send no origin. */
  PAGE_ORIGIN: z.url({ protocol: /^https$/ }).optional(),
});

export interface Environment {
  region: string;
  tableName: string;
  bucket: string;
  s3Endpoint: string | undefined;
  s3ForcePathStyle: boolean;
  s3Credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
  s3PublicPath: string | undefined;
  dynamoEndpoint: string | undefined;
  connectionsEndpoint: string;
  lambdaEndpoint: string | undefined;
  finishFunction: string;
  noticeTopicArn: string | undefined;
  noticeFrom: string | undefined;
  /** Undefined: nobody can sign in. */
  signIn: { issuer: string; clientId: string } | undefined;
  pageOrigin: string | undefined;
}

/** Throws an Error that names every variable that is not as it should be. */
export function readEnvironment(variables: Record<string, string | undefined>): Environment {
  const parsed = Variables.safeParse(variables);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`the environment is not as it should be: ${faults.join('; ')}`);
  }
  const {
    AWS_REGION,
    TABLE_NAME,
    S3_BUCKET,
    S3_ENDPOINT,
    S3_FORCE_PATH_STYLE,
    S3_ACCESS_KEY_ID,
    S3_SECRET_ACCESS_KEY,
    S3_PUBLIC_PATH,
    DYNAMODB_ENDPOINT,
    CONNECTIONS_ENDPOINT,
    LAMBDA_ENDPOINT,
    FINISH_FUNCTION,
    AWS_LAMBDA_FUNCTION_NAME,
    NOTICE_TOPIC_ARN,
    NOTICE_FROM,
    OIDC_ISSUER,
    OIDC_CLIENT_ID,
    PAGE_ORIGIN,
  } = parsed.data;
  return {
    region: AWS_REGION,
    tableName: TABLE_NAME,
    bucket: S3_BUCKET,
    s3Endpoint: S3_ENDPOINT,
    s3ForcePathStyle: S3_FORCE_PATH_STYLE,
    s3Credentials:
      S3_ACCESS_KEY_ID && S3_SECRET_ACCESS_KEY
        ? { accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY }
        : undefined,
    s3PublicPath: S3_PUBLIC_PATH,
    dynamoEndpoint: DYNAMODB_ENDPOINT,
    connectionsEndpoint: CONNECTIONS_ENDPOINT,
    lambdaEndpoint: LAMBDA_ENDPOINT,
    finishFunction: FINISH_FUNCTION ?? AWS_LAMBDA_FUNCTION_NAME ?? '',
    signIn: OIDC_ISSUER && OIDC_CLIENT_ID ? { issuer: OIDC_ISSUER, clientId: OIDC_CLIENT_ID } : undefined,
    noticeTopicArn: NOTICE_TOPIC_ARN,
    noticeFrom: NOTICE_FROM,
    pageOrigin: PAGE_ORIGIN,
  };
}
