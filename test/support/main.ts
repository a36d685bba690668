/**
 * `npm run test:servers -- FILE`: starts the servers the tests use, writes their addresses to FILE (0600) and keeps them
 * until Ctrl-C. Then `FARM_TEST_SERVERS=FILE npx vitest …` uses them. With `-` instead of FILE the addresses go to
 * stdout and the end of stdin ends the servers: so they die with whoever started them, even by kill -9.
 */
import { rm, writeFile } from 'node:fs/promises';
import { runServers } from './run-servers.ts';

const file = process.argv[2];
if (file === undefined) {
  process.stderr.write('Name the file to write the addresses to, e.g. npm run test:servers -- servers.json\n');
  process.exit(2);
}

const asked = new Promise<void>((resolve) => {
  if (file === '-')
    process.stdin
      .resume()
      .once('end', resolve)
      .once('error', () => resolve());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
});

try {
  const { servers, close } = await runServers();
  const addresses = `${JSON.stringify(servers, undefined, 2)}\n`;
  if (file === '-') process.stdout.write(addresses);
  else await writeFile(file, addresses, { mode: 0o600 });
  await asked;
  await close();
  if (file !== '-') await rm(file, { force: true });
  process.exit(0);
} catch (error) {
  process.stderr.write(`The test servers did not start.\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
