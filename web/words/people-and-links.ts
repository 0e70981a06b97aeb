import type { Role } from '../../protocol/messages/common.ts';
import { type Language, language, numbers } from './words.ts';

/** What the list of links and the sign-in say. A catalogue of its own: it is loaded with them. */
type Catalogue = typeof english;

const english = {
  links: 'Links',
  linksWords:
    'Who has a link of this upload, and what it allows. Take one back, and its devices are cut off.',
  makeLink: 'Make a link',
  name: 'Name, for you',
  namePlaceholder: 'kitchen tablet',
  kind: 'What it allows',
  kinds: { watcher: 'to watch', helper: 'to help', owner: 'everything: a device of my own' },
  ends: 'Good for',
  lives: { hour: 'an hour', day: 'a day', week: 'a week', always: 'as long as the upload' },
  limit: 'At most, in GB (empty: no limit)',
  newLink: 'The new link',
  copy: 'Copy',
  showLink: (name: string) => `Show ${name} with its QR code`,
  showLinkShort: 'Show',
  takeBack: (name: string) => `Take back ${name}`,
  takeBackShort: 'Take back',
  takeBackSure: (name: string) => `Take back ${name}? Its devices are cut off at once.`,
  takeBackYes: 'Yes, take it back',
  takeBackNo: 'Keep it',
  tookBack: (name: string) => `${name} was taken back. Its devices are cut off.`,
  madeLink: (name: string) => `${name} is made. It is shown with its QR code.`,
  helpTakenBack: 'The link for other devices was taken back: nobody comes by it any more.',
  helpAgain: 'Make a new link to help',
  helpAgainName: 'New link to help',
  unnamed: { watcher: 'First link to watch', helper: 'First link to help', owner: 'This upload’s own link' },
  until: (when: string) => `good until ${when}`,
  ended: 'has ended',
  revoked: 'taken back',
  used: (used: string, limit: string) => `${used} of ${limit} used`,
  nobody: 'nobody has opened it',
  usedBy: (names: string) => `opened by ${names}`,
  notAnswered: 'The server has not answered. Nothing was lost; try again.',
  signIn: 'Sign in',
  signOut: 'Sign out',
  signedInAs: (name: string) => `Signed in as ${name || 'somebody'}`,
  signInFailed: 'Signing in did not work. Nothing was changed. Try again.',
  mailMe: (address: string) => `E-mail ${address} when an upload of mine is complete`,
  elsewhere: 'Yours, made on other devices',
  states: { open: 'under way', finishing: 'being put together', finished: 'complete', aborted: 'ended' },
};

const german: Catalogue = {
  links: 'Links',
  linksWords:
    'Wer einen Link dieses Uploads hat und was er erlaubt. Nimm einen zurück, und seine Geräte werden getrennt.',
  makeLink: 'Link erstellen',
  name: 'Name, nur für dich',
  namePlaceholder: 'Küchentablet',
  kind: 'Was er erlaubt',
  kinds: { watcher: 'zusehen', helper: 'helfen', owner: 'alles: ein eigenes Gerät' },
  ends: 'Gültig für',
  lives: { hour: 'eine Stunde', day: 'einen Tag', week: 'eine Woche', always: 'so lange wie der Upload' },
  limit: 'Höchstens, in GB (leer: ohne Grenze)',
  newLink: 'Der neue Link',
  copy: 'Kopieren',
  showLink: (name) => `${name} mit QR-Code zeigen`,
  showLinkShort: 'Zeigen',
  takeBack: (name) => `${name} zurücknehmen`,
  takeBackShort: 'Zurücknehmen',
  takeBackSure: (name) => `${name} zurücknehmen? Seine Geräte werden sofort getrennt.`,
  takeBackYes: 'Ja, zurücknehmen',
  takeBackNo: 'Behalten',
  tookBack: (name) => `${name} ist zurückgenommen. Seine Geräte sind getrennt.`,
  madeLink: (name) => `${name} ist erstellt und steht hier mit seinem QR-Code.`,
  helpTakenBack: 'Der Link für andere Geräte ist zurückgenommen: Über ihn kommt niemand mehr dazu.',
  helpAgain: 'Neuen Link zum Helfen erstellen',
  helpAgainName: 'Neuer Link zum Helfen',
  unnamed: {
    watcher: 'Erster Link zum Zusehen',
    helper: 'Erster Link zum Helfen',
    owner: 'Eigener Link dieses Uploads',
  },
  until: (when) => `gültig bis ${when}`,
  ended: 'abgelaufen',
  revoked: 'zurückgenommen',
  used: (used, limit) => `${used} von ${limit} verbraucht`,
  nobody: 'niemand hat ihn geöffnet',
  usedBy: (names) => `geöffnet von ${names}`,
  notAnswered: 'Der Server hat nicht geantwortet. Nichts ging verloren; versuche es noch einmal.',
  signIn: 'Anmelden',
  signOut: 'Abmelden',
  signedInAs: (name) => `Angemeldet als ${name || 'jemand'}`,
  signInFailed: 'Die Anmeldung hat nicht geklappt. Nichts wurde geändert. Versuche es noch einmal.',
  mailMe: (address) => `Eine E-Mail an ${address}, wenn ein Upload von mir fertig ist`,
  elsewhere: 'Deine, auf anderen Geräten begonnen',
  states: { open: 'läuft', finishing: 'wird zusammengesetzt', finished: 'vollständig', aborted: 'beendet' },
};

const spanish: Catalogue = {
  links: 'Enlaces',
  linksWords:
    'Quién tiene un enlace de esta subida y qué permite. Retira uno y sus dispositivos quedan desconectados.',
  makeLink: 'Crear un enlace',
  name: 'Nombre, para ti',
  namePlaceholder: 'tableta de la cocina',
  kind: 'Qué permite',
  kinds: { watcher: 'mirar', helper: 'ayudar', owner: 'todo: un dispositivo mío' },
  ends: 'Válido durante',
  lives: { hour: 'una hora', day: 'un día', week: 'una semana', always: 'lo que dure la subida' },
  limit: 'Como máximo, en GB (vacío: sin límite)',
  newLink: 'El enlace nuevo',
  copy: 'Copiar',
  showLink: (name) => `Mostrar ${name} con su código QR`,
  showLinkShort: 'Mostrar',
  takeBack: (name) => `Retirar ${name}`,
  takeBackShort: 'Retirar',
  takeBackSure: (name) => `¿Retirar ${name}? Sus dispositivos quedan desconectados al momento.`,
  takeBackYes: 'Sí, retirarlo',
  takeBackNo: 'Conservarlo',
  tookBack: (name) => `${name}: retirado. Sus dispositivos están desconectados.`,
  madeLink: (name) => `${name}: creado. Aquí está con su código QR.`,
  helpTakenBack: 'El enlace para otros dispositivos está retirado: ya nadie entra con él.',
  helpAgain: 'Crear un enlace nuevo para ayudar',
  helpAgainName: 'Enlace nuevo para ayudar',
  unnamed: {
    watcher: 'Primer enlace para mirar',
    helper: 'Primer enlace para ayudar',
    owner: 'Enlace propio de esta subida',
  },
  until: (when) => `válido hasta ${when}`,
  ended: 'caducado',
  revoked: 'retirado',
  used: (used, limit) => `${used} de ${limit} usados`,
  nobody: 'nadie lo ha abierto',
  usedBy: (names) => `abierto por ${names}`,
  notAnswered: 'El servidor no ha respondido. No se perdió nada; inténtalo otra vez.',
  signIn: 'Iniciar sesión',
  signOut: 'Cerrar sesión',
  signedInAs: (name) => `Sesión de ${name || 'alguien'}`,
  signInFailed: 'No se pudo iniciar sesión. No se cambió nada. Inténtalo otra vez.',
  mailMe: (address) => `Enviar un correo a ${address} cuando termine una subida mía`,
  elsewhere: 'Tuyas, empezadas en otros dispositivos',
  states: { open: 'en marcha', finishing: 'montándose', finished: 'completa', aborted: 'terminada' },
};

const CATALOGUES: Record<Language, Catalogue> = { en: english, de: german, es: spanish };

/** In the language in use: whoever reads it in a view follows when that changes. */
export const peopleWords = (): Catalogue => CATALOGUES[language()];

export function linkName(share: { name: string; role: Role }): string {
  return share.name || peopleWords().unnamed[share.role];
}

export function whoWords(names: readonly string[]): string {
  const { nobody, usedBy } = peopleWords();
  return names.length === 0 ? nobody : usedBy(numbers.list(names));
}
