import { createSignal, onCleanup } from 'solid-js';
import { fileOfDrop } from '../browser/file-handles.ts';

/** Files of a drop or a paste: those in it, and all in its folders, however deep. */
export async function readFiles(data: DataTransfer): Promise<File[]> {
  // Once the event is over the items are empty, so all is taken hold of before the first wait.
  const taken = [...data.items].flatMap((item): Array<File | FileSystemDirectoryEntry> => {
    if (item.kind !== 'file') return [];
    const entry = item.webkitGetAsEntry();
    if (entry?.isDirectory) return [entry as FileSystemDirectoryEntry];
    const file = fileOfDrop(item);
    return file ? [file] : [];
  });
  const files = await Promise.all(taken.map((one) => (one instanceof File ? [one] : filesBelow(one))));
  return files.flat();
}

async function filesBelow(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const files: File[] = [];
  const reader = folder.createReader();
  for (;;) {
    // A hundred at a time, and none at the end.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    ).catch(() => []);
    if (entries.length === 0) return files;
    for (const entry of entries) {
      if (entry.isDirectory) files.push(...(await filesBelow(entry as FileSystemDirectoryEntry)));
      else files.push(...(await fileOf(entry as FileSystemFileEntry)));
    }
  }
}

/** None where it cannot be read any more. */
function fileOf(entry: FileSystemFileEntry): Promise<File[]> {
  return new Promise((resolve) =>
    entry.file(
      (file) => resolve([file]),
      () => resolve([]),
    ),
  );
}

/** Takes drops and pastes anywhere on the page; the answer says whether something is just held over it. */
export function createIntake(take: (data: DataTransfer) => void): () => boolean {
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
    take(event.dataTransfer);
  };
  const onPaste = ({ clipboardData }: ClipboardEvent) => {
    // Text goes where the cursor is.
    if (clipboardData?.types.includes('Files')) take(clipboardData);
  };
  window.addEventListener('dragenter', onEnter);
  window.addEventListener('dragleave', onLeave);
  window.addEventListener('dragover', onOver);
  window.addEventListener('drop', onDrop);
  window.addEventListener('paste', onPaste);
  onCleanup(() => {
    window.removeEventListener('dragenter', onEnter);
    window.removeEventListener('dragleave', onLeave);
    window.removeEventListener('dragover', onOver);
    window.removeEventListener('drop', onDrop);
    window.removeEventListener('paste', onPaste);
  });
  return isOver;
}
