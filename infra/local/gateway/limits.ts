/** Every number of the gateway in one place, so that a test can shorten what it wants to see. */
export interface GatewayLimits {
  /** Largest payload of one frame from a client; above, the connection closes with 1009. */
  maxFrameBytes: number;
  /** Largest message, all its frames together, in either direction; above: 1009 from a client, 413 to a poster. */
  maxMessageBytes: number;
  /** A connection on which no message went either way for this long closes with 1001. */
  idleMs: number;
  /** A connection of this age closes with 1001, however busy. */
  lifetimeMs: number;
  /** A connection that has not sent its first message by this age closes with 1008. */
  firstMessageMs: number;
  /** How long the gateway waits for the handler's answer. */
  integrationMs: number;
  /** How many messages of one connection may be in the handler's hands at once; beyond, its socket is not read. */
  maxMessagesUnderWay: number;
  /** Bytes that may wait in this process for one slow reader; beyond, posting to it answers 429. */
  maxBufferedBytes: number;
  /** How long a client may take to answer a close frame before its socket is cut. */
  closeHandshakeMs: number;
}

/**
 * The first five are API Gateway's quotas; none of them can be raised there.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export const API_GATEWAY_LIMITS: GatewayLimits = {
  maxFrameBytes: 32_768, // 32 KB
  maxMessageBytes: 131_072, // 128 KB
  idleMs: 600_000, // 10 minutes
  lifetimeMs: 7_200_000, // 2 hours
  integrationMs: 29_000,
  // Not API Gateway's. There a silent connection costs its owner $0.25 per million minutes; here each one
  // holds a descriptor of a process that also serves uploads, and a socket that never speaks costs an
  // attacker nothing.
  firstMessageMs: 10_000,
  // API Gateway publishes no such bounds (429 is documented, its threshold is not): these are ours.
  maxMessagesUnderWay: 16,
  maxBufferedBytes: 1_048_576, // 1 MiB
  closeHandshakeMs: 2_000,
};
