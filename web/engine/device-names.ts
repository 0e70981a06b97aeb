interface Named {
  name: string;
  online: boolean;
  doneParts: number;
}

/** Those of one name are told apart by a number, in their order; who only looked in and left has none. Pure. */
export function numberedByName<Device extends Named>(devices: readonly Device[]): Device[] {
  const counts = new Map<string, number>();
  return devices.map((device) => {
    const { name, online, doneParts } = device;
    if (!online && doneParts === 0) return device;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 1 ? device : { ...device, name: `${name} ${count}` };
  });
}
