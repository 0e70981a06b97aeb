// Events of AWS by their published shape: every name and type is one that AWS shows; names of people and places are
// examples. The stand-ins of this folder have to make the same, and the functions have to take them.

/**
 * Compared, field by field, with what was recorded of API Gateway in 2024 and is published as test data of
 * aws-powertools/powertools-lambda-python (`tests/events/apiGatewayWebSocketApi{Connect,Message,Disconnect}.json`) and of
 * aws/aws-lambda-go (`events/testdata/apigw-websocket-request-{send-message,disconnect}.json`); the developer guide shows
 * no event as a whole. The former's client sent no `User-Agent` and has no `identity.userAgent`; the latter's did and has.
 */
const OF_THE_CONNECTION = {
  extendedRequestId: 'ABCD1234=',
  requestTime: '09/Feb/2024:18:11:43 +0000',
  messageDirection: 'IN',
  stage: 'prod',
  connectedAt: 1_707_502_303_419,
  requestTimeEpoch: 1_707_502_303_420,
  identity: { sourceIp: '192.0.2.1' },
  requestId: 'ABCD1234=',
  domainName: 'abcd1234.execute-api.us-east-1.amazonaws.com',
  connectionId: 'AAAA1234=',
  apiId: 'abcd1234',
};

const OF_A_BROWSER = {
  ...OF_THE_CONNECTION,
  identity: { userAgent: 'Mozilla/5.0 (X11; Linux x86_64)', sourceIp: '192.0.2.1' },
};

/** Of a client that does not say what it is. */
export const CONNECT = {
  headers: {
    Host: 'abcd1234.execute-api.us-east-1.amazonaws.com',
    'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    'X-Amzn-Trace-Id': 'Root=1-65c66bbf-0123456789abcdef01234567',
    'X-Forwarded-For': '192.0.2.1',
    'X-Forwarded-Port': '443',
    'X-Forwarded-Proto': 'https',
  },
  multiValueHeaders: {
    Host: ['abcd1234.execute-api.us-east-1.amazonaws.com'],
    'Sec-WebSocket-Extensions': ['permessage-deflate; client_max_window_bits'],
    'Sec-WebSocket-Key': ['dGhlIHNhbXBsZSBub25jZQ=='],
    'Sec-WebSocket-Version': ['13'],
    'X-Amzn-Trace-Id': ['Root=1-65c66bbf-0123456789abcdef01234567'],
    'X-Forwarded-For': ['192.0.2.1'],
    'X-Forwarded-Port': ['443'],
    'X-Forwarded-Proto': ['https'],
  },
  requestContext: { routeKey: '$connect', eventType: 'CONNECT', ...OF_THE_CONNECTION },
  isBase64Encoded: false,
};

/** Of a client that says what it is, as browsers do; so is the next. */
export const MESSAGE = {
  requestContext: {
    routeKey: '$default',
    messageId: 'ABCD1234=',
    eventType: 'MESSAGE',
    ...OF_A_BROWSER,
  },
  body: '{"type":"ping","id":1}',
  isBase64Encoded: false,
};

export const DISCONNECT = {
  headers: {
    Host: 'abcd1234.execute-api.us-east-1.amazonaws.com',
    'x-api-key': '',
    'X-Forwarded-For': '',
    'x-restapi': '',
  },
  multiValueHeaders: {
    Host: ['abcd1234.execute-api.us-east-1.amazonaws.com'],
    'x-api-key': [''],
    'X-Forwarded-For': [''],
    'x-restapi': [''],
  },
  requestContext: {
    routeKey: '$disconnect',
    disconnectStatusCode: 1_005,
    eventType: 'DISCONNECT',
    disconnectReason: 'Client-side close frame status not set',
    ...OF_A_BROWSER,
  },
  isBase64Encoded: false,
};

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html, for a bucket that keeps no versions (no
 * `version-id`) and was made by CloudFormation (its tags); `event-version` is not in older samples.
 */
export const OBJECT_CREATED = {
  version: '0',
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': 'Object Created',
  source: 'aws.s3',
  account: '111122223333',
  time: '2021-11-12T00:00:00Z',
  region: 'ca-central-1',
  resources: ['arn:aws:s3:::amzn-s3-demo-bucket1'],
  detail: {
    version: '0',
    'event-version': '1.1',
    bucket: {
      name: 'amzn-s3-demo-bucket1',
      'aws-generated-tags': {
        'aws:cloudformation:stack-id':
          'arn:aws:cloudformation:us-east-1:111122223333:stack/amzn-s3-demo-stack/51af3dc0-da77-11e4-872e-1234567db123',
        'aws:cloudformation:logical-id': 'S3DemoBucket',
        'aws:cloudformation:stack-name': 'amzn-s3-demo-stack',
      },
    },
    object: {
      key: 'example-key',
      size: 5,
      etag: 'b1946ac92492d2347c6235b4d2611184',
      sequencer: '617f08299329d189',
    },
    'request-id': 'N4N7GDK58NMKJ12R',
    requester: '123456789012',
    'source-ip-address': '1.2.3.4',
    reason: 'CompleteMultipartUpload',
  },
};

/**
 * A rule with a schedule, as the stack has one: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html,
 * and aws-lambda-rust-runtime's `example-eventbridge-schedule.json`. EventBridge *Scheduler*, which is another service,
 * says `aws.scheduler` and gives `detail` as a text.
 */
export const SCHEDULED = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2015-10-08T16:53:06Z',
  region: 'us-east-1',
  resources: ['arn:aws:events:us-east-1:123456789012:rule/my-scheduled-rule'],
  detail: {},
};

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html; what is undefined there is left out. */
export const CONTEXT = {
  callbackWaitsForEmptyEventLoop: true,
  functionVersion: '$LATEST',
  functionName: 'my-function',
  memoryLimitInMB: '128',
  logGroupName: '/aws/lambda/my-function',
  logStreamName: '2024/02/09/[$LATEST]0123456789abcdef0123456789abcdef',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:my-function',
  awsRequestId: '6f747c5b-1c56-4b6b-a2b6-5f1c2d3e4f50',
  getRemainingTimeInMillis: () => 3_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
};
