/** The input that the driver puts the file into. */
export function chosenFile(): File {
  const input = document.querySelector<HTMLInputElement>('#bench');
  const file = input?.files?.[0];
  if (!file) throw new Error('no file was chosen');
  return file;
}
