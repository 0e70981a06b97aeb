// Events of AWS as its documentation shows them, names and numbers included. The stand-ins of this folder have to make
// the same, and the functions have to take them.

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html */
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

export const CONNECT = {
  headers: {
    Host: 'abcd1234.execute-api.us-east-1.amazonaws.com',
    'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    'X-Forwarded-For': '192.0.2.1',
    'X-Forwarded-Port': '443',
    'X-Forwarded-Proto': 'https',
  },
  multiValueHeaders: {
    Host: ['abcd1234.execute-api.us-east-1.amazonaws.com'],
    'Sec-WebSocket-Extensions': ['permessage-deflate; client_max_window_bits'],
    'Sec-WebSocket-Key': ['dGhlIHNhbXBsZSBub25jZQ=='],
    'Sec-WebSocket-Version': ['13'],
    'X-Forwarded-For': ['192.0.2.1'],
    'X-Forwarded-Port': ['443'],
    'X-Forwarded-Proto': ['https'],
  },
  requestContext: { routeKey: '$connect', eventType: 'CONNECT', ...OF_THE_CONNECTION },
  isBase64Encoded: false,
};

export const MESSAGE = {
  requestContext: {
    routeKey: '$default',
    messageId: 'ABCD1234=',
    eventType: 'MESSAGE',
    ...OF_THE_CONNECTION,
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
    ...OF_THE_CONNECTION,
  },
  isBase64Encoded: false,
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html, for a bucket that keeps no versions. */
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
    bucket: { name: 'amzn-s3-demo-bucket1' },
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

/** https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html and eb-run-lambda-schedule.html */
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
