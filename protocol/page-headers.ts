/**
 * The headers that go with the page, locally as in AWS. The page runs its own files only and speaks to its own origin
 * and to what `connectTo` names (the socket, the bucket and the sign-in, where they are elsewhere).
 */
export function pageHeaders(connectTo: readonly string[]): Record<string, string> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(connectTo),
    'X-Content-Type-Options': 'nosniff',
    // A link carries its secret in the fragment; no other site is to learn even the rest of the address.
    'Referrer-Policy': 'no-referrer',
    // For browsers that do not know `frame-ancestors`.
    'X-Frame-Options': 'DENY',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': PERMISSIONS,
  };
}

export function contentSecurityPolicy(connectTo: readonly string[]): string {
  return [
    "default-src 'none'",
    // WebAssembly hashes where the browser does not (plain http).
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "manifest-src 'self'",
    ["connect-src 'self'", ...connectTo].join(' '),
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export const PERMISSIONS = [
  'camera=()',
  'geolocation=()',
  'microphone=()',
  'payment=()',
  'usb=()',
  'screen-wake-lock=(self)',
].join(', ');

/** What stands at any path but the page's own, as plain text with a 404: the page keeps what it shows in the fragment. */
export const NO_SUCH_PAGE = 'There is no such page here.\n';
