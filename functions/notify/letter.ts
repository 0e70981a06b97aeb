import type { UploadMeta } from '../ports.ts';

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'];
/** SNS takes 100 characters of ASCII for a subject, without line ends. */
const MAX_NAME = 60;

/** What a user is told of a complete upload. It holds no link: a link is a secret, and only its hash is known here. */
export function letterOf(
  { name, sizeBytes, createdAtMs }: UploadMeta,
  finishedAtMs: number,
): { subject: string; text: string } {
  const shown = plain(name);
  return {
    subject: `Complete: ${ascii(shown)}`,
    text: [
      `${shown} is complete.`,
      '',
      `Size: ${size(sizeBytes)}`,
      `Begun: ${new Date(createdAtMs).toUTCString()}`,
      `Complete: ${new Date(finishedAtMs).toUTCString()}`,
      '',
      'Every part was compared with its SHA-256. Open the page where you uploaded it to download it.',
    ].join('\n'),
  };
}

/** A name comes from a stranger: without line ends and other signs that do not show, and of bounded length. */
function plain(name: string): string {
  const shown = name.toWellFormed().replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '');
  const signs = [...shown];
  return signs.length <= MAX_NAME ? shown : `${signs.slice(0, MAX_NAME - 1).join('')}…`;
}

function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, '_');
}

function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
