/** What a system call fails with where a disk, or somebody's share of it, is full. */
export const DISK_FULL_CODES: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

/** How systems word that a disk, or somebody's share of it, is full: LevelDB has the words and not the code. */
export const DISK_FULL = /no space left|disk quota|not enough space/i;
