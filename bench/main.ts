/** `npm run bench -- [farm] [ledger] [image] [pdf] [video] [split]`: prints figures, as ratios within one run where machines differ. */
import { access } from 'node:fs/promises';
import type { Bench } from './bench.ts';

const names = ['farm', 'ledger', 'image', 'pdf', 'video', 'split'];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`Unknown benchmark: ${unknown.join(', ')}. There are: ${names.join(', ')}.\n`);
  process.exit(2);
}

for (const name of asked.length > 0 ? asked : names) {
  const file = new URL(`./${name}.ts`, import.meta.url);
  if (
    !(await access(file).then(
      () => true,
      () => false,
    ))
  )
    continue;
  process.stdout.write(`\n## ${name}\n`);
  const { bench } = (await import(file.href)) as { bench: Bench };
  await bench((line) => process.stdout.write(`${line}\n`));
}
process.exit(0);
