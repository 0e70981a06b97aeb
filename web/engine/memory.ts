/** What a device remembers of one upload across reloads and crashes. */
export interface Memory {
  /** When the file was last changed, as it was when this upload began; undefined where that is not known. */
  begunModifiedAtMs(): number | undefined;
  /** Parts that the store had and the board, as far as was known, had not: said first, they are not sent again. */
  landed(): Promise<number[]>;
  /** All of them, as they are now. */
  noteLanded(parts: readonly number[]): void;
}

export const NO_MEMORY: Memory = {
  begunModifiedAtMs: () => undefined,
  landed: async () => [],
  noteLanded() {},
};
