/** What a file in this folder exports as `bench`: it measures and prints a line at a time. */
export type Bench = (print: (line: string) => void) => Promise<void>;
