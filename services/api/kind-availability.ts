/** Which kinds this farm can run, and why not the others. A kind that is absent counts as available. */
export type KindAvailability = ReadonlyMap<string, { available: true } | { available: false; reason: string }>;
