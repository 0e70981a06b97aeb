/** Where people sign in, behind the one public port. */
export const OIDC_PATH = '/oidc';
