/** `node --import tsx scripts/check-house.ts`: the rules of the house that no linter knows; one line a fault. */
import { fileURLToPath } from 'node:url';
import { checkNames } from './house/check-names.ts';
import { checkSizes } from './house/check-sizes.ts';
import { checkText } from './house/check-text.ts';
import { checkUses } from './house/check-uses.ts';
import { readSources } from './house/source.ts';

const sources = readSources(fileURLToPath(new URL('..', import.meta.url)));
const faults = [checkSizes, checkNames, checkUses, checkText].flatMap((check) => check(sources));
for (const { file, line, sentence } of faults) process.stdout.write(`${file}:${line}  ${sentence}\n`);
process.stdout.write(`${sources.length} files looked at, ${faults.length} fault(s).\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
