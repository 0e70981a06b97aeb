import { createSignal, onCleanup } from 'solid-js';
import { fileOfDrop } from '../browser/file-handles.ts';
import { FOLDER, NO_FILE, tookFirstWords } from './words.ts';

/** What was dropped, for what can be done with it. */
export type Dropped =
  | { state: 'file'; file: File; others: number }
  | { state: 'folder' }
  | { state: 'nothing' };

/** A folder among files is passed over; alone it is named as what it is. */
export function readDrop(data: DataTransfer): Dropped {
  const files: File[] = [];
  let folders = 0;
  for (const item of data.items) {
    if (item.kind !== 'file') continue;
    if (item.webkitGetAsEntry()?.isDirectory) folders += 1;
    else {
      const file = fileOfDrop(item);
      if (file) files.push(file);
    }
  }
  const [file] = files;
  if (file) return { state: 'file', file, others: files.length + folders - 1 };
  return { state: folders > 0 ? 'folder' : 'nothing' };
}

/** The sentence that goes with a drop, if it needs one. */
export function dropWords(dropped: Dropped): string | undefined {
  if (dropped.state === 'folder') return FOLDER;
  if (dropped.state === 'nothing') return NO_FILE;
  return dropped.others > 0 ? tookFirstWords(dropped.file.name, dropped.others) : undefined;
}

/** Takes drops anywhere on the page; the answer says whether something is just held over it. */
export function createDropAnywhere(drop: (data: DataTransfer) => void): () => boolean {
  const [isOver, setOver] = createSignal(false);
  // Enter and leave come for every element on the way; only their balance says whether the pointer is still here.
  let depth = 0;
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  const onEnter = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth += 1;
    setOver(true);
  };
  const onLeave = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    depth = Math.max(0, depth - 1);
    if (depth === 0) setOver(false);
  };
  const onOver = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
  };
  const onDrop = (event: DragEvent) => {
    if (!hasFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    depth = 0;
    setOver(false);
    drop(event.dataTransfer);
  };
  window.addEventListener('dragenter', onEnter);
  window.addEventListener('dragleave', onLeave);
  window.addEventListener('dragover', onOver);
  window.addEventListener('drop', onDrop);
  onCleanup(() => {
    window.removeEventListener('dragenter', onEnter);
    window.removeEventListener('dragleave', onLeave);
    window.removeEventListener('dragover', onOver);
    window.removeEventListener('drop', onDrop);
  });
  return isOver;
}
