/**
 * `Content-Disposition: attachment` with a name of any script (RFC 6266, RFC 8187). Old readers get the ASCII form,
 * in which everything else is `_`; neither can carry quotes, control characters or line ends.
 */
export function attachmentNamed(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%/]/g, '_');
  const extended = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${extended}`;
}
