/**
 * What the page asks an issuer for: who somebody is, what to call them, and where a letter reaches them. Without `email`
 * an issuer says no address, and nobody can be offered a letter.
 */
export const SIGN_IN_SCOPES = ['openid', 'profile', 'email'] as const;

/** As OAuth writes it. */
export const SIGN_IN_SCOPE = SIGN_IN_SCOPES.join(' ');
