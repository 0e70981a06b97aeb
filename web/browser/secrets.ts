const SECRET_BYTES = 16;

/** 128 random bits, base64url. Works on plain http too, where `crypto.randomUUID` is missing. */
export function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
