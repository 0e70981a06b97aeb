export const ANY_BYTES = 'application/octet-stream';

/** RFC 9110: `type/subtype` of token characters. Parameters are left out: whoever made the type up chose them too. */
const MEDIA_TYPE = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}/;

/** The media type that a device gave, as far as it is one: what it says ends up in a header. */
export function mediaTypeOf(type: string): string {
  return MEDIA_TYPE.exec(type)?.[0].toLowerCase() ?? ANY_BYTES;
}
