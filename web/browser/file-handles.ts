/**
 * Handles by which a page may read a file again after a reload (File System Access). Where the browser has none, on
 * plain http or outside Chromium, a file is a `File` and nothing more.
 */
export interface FileHandle {
  readonly kind: 'file';
  readonly name: string;
  getFile(): Promise<File>;
  queryPermission?(descriptor: { mode: 'read' }): Promise<PermissionState>;
  requestPermission?(descriptor: { mode: 'read' }): Promise<PermissionState>;
}

/** What a handle has to say now. */
export type Reading =
  | { state: 'file'; file: File }
  /** Only a click of the person may open it. */
  | { state: 'asks' }
  | { state: 'gone'; reason: string };

interface PickerWindow {
  showOpenFilePicker?(options: { multiple: boolean }): Promise<FileHandle[]>;
}
interface HandleItem {
  getAsFileSystemHandle?(): Promise<{ kind: string } | null>;
}

const handles = new WeakMap<File, Promise<FileHandle | undefined>>();

/** The handle that came with this file, if it came with one. */
export async function handleOf(file: File): Promise<FileHandle | undefined> {
  return handles.get(file);
}

/** The file of a drop, with its handle kept in mind. To be called while the drop is handled: afterwards it is empty. */
export function fileOfDrop(item: DataTransferItem): File | undefined {
  const file = item.getAsFile() ?? undefined;
  const asked = (item as HandleItem).getAsFileSystemHandle?.();
  if (file && asked) {
    handles.set(
      file,
      asked.then(
        (handle) => (handle?.kind === 'file' ? (handle as FileHandle) : undefined),
        () => undefined,
      ),
    );
  }
  return file;
}

/** Whether files are better asked for by `pickFiles` than by an input: they come with a handle then. */
export function canPickFile(): boolean {
  return (window as PickerWindow).showOpenFilePicker !== undefined;
}

export type Picked = { state: 'files'; files: File[] } | { state: 'dismissed' } | { state: 'unavailable' };

/** Lets the person pick one file, or several. To be called in their click. */
export async function pickFiles(multiple: boolean): Promise<Picked> {
  try {
    const picked = await (window as PickerWindow).showOpenFilePicker?.({ multiple });
    if (!picked) return { state: 'unavailable' };
    const files = await Promise.all(
      picked.map(async (handle) => {
        const file = await handle.getFile();
        handles.set(file, Promise.resolve(handle));
        return file;
      }),
    );
    return { state: 'files', files };
  } catch (error) {
    // In a frame of another site, say, there is a picker that refuses to open.
    return { state: reasonOf(error) === 'AbortError' ? 'dismissed' : 'unavailable' };
  }
}

/** The file as it is now. `isClick`: in a click the person may be asked. */
export async function readHandle(handle: FileHandle, isClick = false): Promise<Reading> {
  try {
    if ((await handle.queryPermission?.({ mode: 'read' })) === 'prompt') {
      if (!isClick) return { state: 'asks' };
      if ((await handle.requestPermission?.({ mode: 'read' })) !== 'granted') return { state: 'asks' };
    }
    const file = await handle.getFile();
    handles.set(file, Promise.resolve(handle));
    return { state: 'file', file };
  } catch (error) {
    return { state: 'gone', reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : String(error);
}
