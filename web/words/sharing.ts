import { type Language, language } from './words.ts';

/** What is said of the links of an upload. A catalogue of its own: it is loaded with them. */
type Catalogue = typeof english;

const english = {
  shareDone: 'The link of this board',
  shareWords: 'Open this link on a device that has the same file, or a copy of it.',
  shareVia: 'Share…',
  shareText: (name: string) => `Help me upload ${name}`,
  helpLink: 'Link for other devices',
  watchLink: 'Link to watch only',
  watchWords: 'Whoever has this one sees the board and cannot upload.',
  copyLink: 'Copy link',
  copyWatchLink: 'Copy the link to watch',
  copyShort: 'Copy',
  copied: 'Copied.',
  copyByHand: 'Press Ctrl+C, or hold the link to copy it.',
  secretWords: 'Whoever has this link can see the file’s name and help. Only your file’s bytes are accepted.',
  qr: (name: string) => `QR code of the link for other devices to help with ${name}`,
  lan: (origin: string) =>
    `This page’s own address works on this device only, so these links lead to ${origin}, for devices on the same network.`,
};

const german: Catalogue = {
  shareDone: 'Der Link zu diesem Upload',
  shareWords: 'Öffne diesen Link auf einem Gerät, das dieselbe Datei oder eine Kopie davon hat.',
  shareVia: 'Teilen …',
  shareText: (name) => `Hilf mir, ${name} hochzuladen`,
  helpLink: 'Link für andere Geräte',
  watchLink: 'Link nur zum Zusehen',
  watchWords: 'Wer diesen hat, sieht den Stand und kann nicht hochladen.',
  copyLink: 'Link kopieren',
  copyWatchLink: 'Link zum Zusehen kopieren',
  copyShort: 'Kopieren',
  copied: 'Kopiert.',
  copyByHand: 'Drücke Strg+C, oder halte den Link gedrückt, um ihn zu kopieren.',
  secretWords:
    'Wer diesen Link hat, sieht den Namen der Datei und kann helfen. Nur die Bytes deiner Datei werden angenommen.',
  qr: (name) => `QR-Code des Links, mit dem andere Geräte bei ${name} helfen`,
  lan: (origin) =>
    `Die Adresse dieser Seite gilt nur auf diesem Gerät, deshalb führen diese Links zu ${origin}, für Geräte im selben Netz.`,
};

const spanish: Catalogue = {
  shareDone: 'El enlace de este tablero',
  shareWords: 'Abre este enlace en un dispositivo que tenga el mismo archivo, o una copia.',
  shareVia: 'Compartir…',
  shareText: (name) => `Ayúdame a subir ${name}`,
  helpLink: 'Enlace para otros dispositivos',
  watchLink: 'Enlace solo para mirar',
  watchWords: 'Quien tenga este ve el tablero y no puede subir.',
  copyLink: 'Copiar enlace',
  copyWatchLink: 'Copiar el enlace para mirar',
  copyShort: 'Copiar',
  copied: 'Copiado.',
  copyByHand: 'Pulsa Ctrl+C, o mantén pulsado el enlace para copiarlo.',
  secretWords:
    'Quien tenga este enlace ve el nombre del archivo y puede ayudar. Solo se aceptan los bytes de tu archivo.',
  qr: (name) => `Código QR del enlace para que otros dispositivos ayuden con ${name}`,
  lan: (origin) =>
    `La dirección de esta página solo vale en este dispositivo, así que estos enlaces llevan a ${origin}, para dispositivos de la misma red.`,
};

const CATALOGUES: Record<Language, Catalogue> = { en: english, de: german, es: spanish };

/** In the language in use: whoever reads it in a view follows when that changes. */
export const sharingWords = (): Catalogue => CATALOGUES[language()];
