import { type Language, language } from './words.ts';

/** What is said of an upload that is complete. A catalogue of its own: it is loaded with that. */
type Catalogue = typeof english;

const english = {
  title: 'The result',
  name: 'Name',
  size: 'Size',
  finishedAt: 'Finished',
  checksum: 'SHA-256 of the parts together (S3)',
  copyChecksum: 'Copy checksum',
  carried: 'Who carried what',
  savePicture: 'Save as a picture',
  pictureName: (name: string) => `${name}, carried by.png`,
  completeTitle: 'Complete',
  took: (duration: string) => `in ${duration}`,
  download: 'Download',
  downloading: 'Asking for the file…',
};

const german: Catalogue = {
  title: 'Das Ergebnis',
  name: 'Name',
  size: 'Größe',
  finishedAt: 'Fertig seit',
  checksum: 'SHA-256 der Teile zusammen (S3)',
  copyChecksum: 'Prüfsumme kopieren',
  carried: 'Wer was getragen hat',
  savePicture: 'Als Bild sichern',
  pictureName: (name) => `${name}, getragen von.png`,
  completeTitle: 'Vollständig',
  took: (duration) => `in ${duration}`,
  download: 'Herunterladen',
  downloading: 'Die Datei wird angefordert …',
};

const spanish: Catalogue = {
  title: 'El resultado',
  name: 'Nombre',
  size: 'Tamaño',
  finishedAt: 'Terminado',
  checksum: 'SHA-256 de las partes juntas (S3)',
  copyChecksum: 'Copiar la suma',
  carried: 'Quién llevó qué',
  savePicture: 'Guardar como imagen',
  pictureName: (name) => `${name}, llevado por.png`,
  completeTitle: 'Completo',
  took: (duration) => `en ${duration}`,
  download: 'Descargar',
  downloading: 'Pidiendo el archivo…',
};

const CATALOGUES: Record<Language, Catalogue> = { en: english, de: german, es: spanish };

/** In the language in use: whoever reads it in a view follows when that changes. */
export const resultWords = (): Catalogue => CATALOGUES[language()];
