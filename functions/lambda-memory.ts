/**
 * The memory of each function, MB. Lambda bills memory by the time it is held, and gives CPU in proportion: at 256 MB a
 * `sync` waits for the table and for posts, not for its share of a core.
 */
export const SOCKET_MEMORY_MB = 256;
/** Lists and compares up to 10,000 parts. */
export const FINISH_MEMORY_MB = 512;
