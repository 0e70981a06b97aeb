/** All objects are below it; nothing else in the bucket is ours. */
export const OBJECT_PREFIX = 'uploads/';

/** Made of the upload's id alone: names are hostile. */
export const objectKeyOf = (upload: string): string => `${OBJECT_PREFIX}${upload}`;

export function uploadOfKey(key: string): string | undefined {
  return key.startsWith(OBJECT_PREFIX) ? key.slice(OBJECT_PREFIX.length) : undefined;
}
