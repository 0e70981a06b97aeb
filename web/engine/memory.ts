/** What a device remembers of one upload across reloads and crashes. */
export interface Memory {
  /** Parts that the store had and the board, as far as was known, had not: said first, they are not sent again. */
  landed(): Promise<number[]>;
  /** All of them, as they are now. */
  noteLanded(parts: readonly number[]): void;
}

export const NO_MEMORY: Memory = { landed: async () => [], noteLanded() {} };
