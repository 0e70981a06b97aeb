/** A version of the wire. `fingerprint` is that of its schemas, as `fingerprint.test.ts` makes it. */
interface ProtocolVersion {
  version: number;
  fingerprint: string;
  reason: string;
}

const FIRST: ProtocolVersion = {
  version: 1,
  fingerprint: '66952ca6770d2adb',
  reason: 'the first one',
};

/** Every version that there ever was, oldest first. Whoever changes a schema adds one. */
export const PROTOCOL_HISTORY: ReadonlyArray<ProtocolVersion> = [FIRST];

/** The wire's version. A `hello` with another one is refused with `wrong-version`. */
export const PROTOCOL_VERSION = (PROTOCOL_HISTORY.at(-1) ?? FIRST).version;
