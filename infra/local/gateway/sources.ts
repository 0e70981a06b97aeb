/** Who is connected from where, so that one source cannot take all the descriptors that this process has. */
export interface Sources {
  /** False: this source has as many as it may have. */
  enter(source: string): boolean;
  leave(source: string): void;
}

export function makeSources(most: number): Sources {
  const counts = new Map<string, number>();
  return {
    enter(source) {
      const count = counts.get(source) ?? 0;
      if (count >= most) return false;
      counts.set(source, count + 1);
      return true;
    },
    leave(source) {
      const left = (counts.get(source) ?? 1) - 1;
      if (left > 0) counts.set(source, left);
      else counts.delete(source);
    },
  };
}
