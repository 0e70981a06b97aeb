import type { MailLanguage } from '../../protocol/messages/sign-in.ts';
import type { Letter, UploadMeta } from '../ports.ts';

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'];
/** What fits a subject, and nobody reads more of it there. */
const MAX_NAME = 60;

interface Words {
  subject(name: string): string;
  isComplete(name: string): string;
  size: string;
  begun: string;
  complete: string;
  checked: string;
  /** How to have no more of these, where they were asked for on the page. */
  noMore: string;
}

const WORDS: Record<MailLanguage, Words> = {
  en: {
    subject: (name) => `Complete: ${name}`,
    isComplete: (name) => `${name} is complete.`,
    size: 'Size',
    begun: 'Begun',
    complete: 'Complete',
    checked: 'Every part was compared with its SHA-256. Open the page where you uploaded it to download it.',
    noMore: 'You asked for this on the page. There you can also say that you want no more.',
  },
  de: {
    subject: (name) => `Fertig: ${name}`,
    isComplete: (name) => `${name} ist fertig.`,
    size: 'Größe',
    begun: 'Begonnen',
    complete: 'Fertig',
    checked:
      'Jeder Teil wurde mit seiner SHA-256 verglichen. Öffne die Seite, auf der du es hochgeladen hast, um es herunterzuladen.',
    noMore: 'Darum hast du auf der Seite gebeten. Dort kannst du auch sagen, dass du keine mehr möchtest.',
  },
  es: {
    subject: (name) => `Completa: ${name}`,
    isComplete: (name) => `${name} está completo.`,
    size: 'Tamaño',
    begun: 'Empezó',
    complete: 'Completo',
    checked: 'Cada parte se comparó con su SHA-256. Abre la página donde lo subiste para descargarlo.',
    noMore: 'Lo pediste en la página. Allí también puedes decir que no quieres más.',
  },
};

export interface Addressee {
  language: MailLanguage;
  /** Their upload on the page, where that is known; it opens to nobody but them. */
  link?: string | undefined;
  /** Whether they asked for it on the page. */
  asked: boolean;
}

/**
 * What a user is told of a complete upload. No link in it admits anybody: those are secrets, and only their hashes are
 * known here.
 */
export function letterOf(
  { name, sizeBytes, createdAtMs }: UploadMeta,
  finishedAtMs: number,
  { language, link, asked }: Addressee,
): Letter {
  const shown = plain(name);
  const words = WORDS[language];
  return {
    subject: words.subject(shown),
    text: [
      words.isComplete(shown),
      ...(link === undefined ? [] : [link]),
      '',
      `${words.size}: ${size(sizeBytes)}`,
      `${words.begun}: ${new Date(createdAtMs).toUTCString()}`,
      `${words.complete}: ${new Date(finishedAtMs).toUTCString()}`,
      '',
      words.checked,
      ...(asked ? ['', words.noMore] : []),
    ].join('\n'),
  };
}

/** A name comes from a stranger: without line ends and other signs that do not show, and of bounded length. */
function plain(name: string): string {
  const shown = name.toWellFormed().replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '');
  const signs = [...shown];
  return signs.length <= MAX_NAME ? shown : `${signs.slice(0, MAX_NAME - 1).join('')}…`;
}

/** SNS takes 100 characters of ASCII for a subject, without line ends. */
export function asciiSubject(text: string): string {
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
