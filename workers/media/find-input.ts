import { InputError } from '../../shared/errors.ts';
import type { InputFile, Task } from '../kind.ts';

/** By its name in the job, or else by the name of its file. @throws InputError that lists what there is. */
export function findInput({ inputs }: Pick<Task<unknown>, 'inputs'>, wanted: string): InputFile {
  const found = inputs.find(({ reference }) => reference === wanted) ?? inputs.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  const known = inputs.map(({ reference }) => `“${reference}”`).slice(0, 20);
  throw new InputError(`There is no input “${wanted}” in \`use\` of this step. There is ${known.join(', ')}.`);
}
