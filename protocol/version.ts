/** The wire's version. A `hello` with another one is refused with `wrong-version`. */
export const PROTOCOL_VERSION = 1;
