import type { InputFile, Task } from '../kind.ts';

/** The one input the contract promises. */
export function onlyInput({ inputs }: Pick<Task<unknown>, 'inputs'>): InputFile {
  const [input] = inputs;
  if (input === undefined) throw new TypeError('the contract asks for one input');
  return input;
}
