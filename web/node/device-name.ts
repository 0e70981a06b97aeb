import { MAX_DEVICE_NAME_LENGTH } from '../../protocol/limits.ts';

/** A name for this device that its owner will recognise: the machine's own, without its domain. */
export function guessDeviceName(hostname: string): string {
  const name = hostname.split('.')[0]?.trim() ?? '';
  return (name === '' ? 'A device' : name).slice(0, MAX_DEVICE_NAME_LENGTH);
}
