/**
 * Watches the bytes that a client sends and reports the first frame whose payload is over `maxFrameBytes`, as
 * soon as its header is there. `ws` bounds whole messages only, and API Gateway bounds frames too.
 *
 * Only lengths are read (RFC 6455, section 5.2); whatever else is wrong with a frame is left to `ws`.
 */
export function makeFrameWatch(maxFrameBytes: number, onTooLarge: () => void): (chunk: Buffer) => void {
  const header = Buffer.alloc(MAX_HEADER_BYTES);
  let headerBytes = 0;
  let payloadLeftBytes = 0;
  let reported = false;

  return (chunk) => {
    let at = 0;
    while (at < chunk.length && !reported) {
      if (payloadLeftBytes > 0) {
        const skipped = Math.min(payloadLeftBytes, chunk.length - at);
        at += skipped;
        payloadLeftBytes -= skipped;
        continue;
      }
      header[headerBytes++] = chunk[at++] ?? 0;
      const payloadBytes = payloadLength(header, headerBytes);
      if (payloadBytes === undefined) continue;
      headerBytes = 0;
      payloadLeftBytes = payloadBytes;
      if (payloadBytes > maxFrameBytes) {
        reported = true;
        onTooLarge();
      }
    }
  };
}

const MAX_HEADER_BYTES = 14; // flags, length, 8 bytes more of length, 4 of mask

function payloadLength(header: Buffer, headerBytes: number): number | undefined {
  if (headerBytes < 2) return undefined;
  const second = header.readUInt8(1);
  const shortLength = second & 0x7f;
  const lengthBytes = shortLength === 127 ? 8 : shortLength === 126 ? 2 : 0;
  const maskBytes = second & 0x80 ? 4 : 0;
  if (headerBytes < 2 + lengthBytes + maskBytes) return undefined;
  if (lengthBytes === 0) return shortLength;
  return lengthBytes === 2 ? header.readUInt16BE(2) : Number(header.readBigUInt64BE(2));
}
