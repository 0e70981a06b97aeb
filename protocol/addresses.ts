/** An upload of whoever has signed in, behind the page's address: its id opens nothing for anybody else. */
export function uploadHash(upload: string): string {
  return `#upload=${upload}`;
}
