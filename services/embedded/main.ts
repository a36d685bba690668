import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { runProgram } from '../../shared/lifecycle.ts';
import { catalog } from '../../workers/catalog.ts';
import { aptInstaller } from './apt-installer.ts';
import { claimDataDir } from './claim-data-dir.ts';
import { type FarmConfig, readFarmConfig } from './config.ts';
import { ensureTools } from './ensure-tools.ts';
import { type Farm, startFarm } from './start-farm.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);

await runProgram(process, async () => {
  const config = readFarmConfig(process.env);
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const claim = await claimDataDir(config.dataDir);
  const contracts = Object.values(catalog).map((kind) => kind.contract);
  const searchPath = process.env.PATH ?? '';
  const kinds = await ensureTools(contracts, { searchPath, print, install: await aptInstaller() });
  const logFile = join(config.dataDir, 'farm.log');
  const log = pino(
    { level: config.logLevel, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: logFile, mkdir: true }),
  );
  const farm = await startFarm(config, kinds, log);
  claim.announce(farm.address);
  await greet(config, farm, logFile);
  return {
    close: async () => {
      print('Stopping: running work gets a moment to finish …');
      await farm.close();
      await claim.release();
    },
  };
});

/** What a stranger needs to try it: the address, the key when it is new, and one line to paste. */
async function greet(config: FarmConfig, farm: Farm, logFile: string): Promise<void> {
  const keyFile = join(config.dataDir, 'api-key');
  const key = config.apiKey === undefined ? `$(cat ${keyFile})` : '$FARM_API_KEY';
  const job = '{"steps":{"thumb":{"kind":"resize","width":320,"format":"webp"}}}';
  print(`mediafarm is running at ${farm.address} (API description: ${farm.address}/openapi.json)`);
  if (farm.madeKey) print(`API key, shown once and kept in ${keyFile}: ${(await readFile(keyFile, 'utf8')).trim()}`);
  print(`Logs: ${logFile}   Stop: Ctrl-C   Try it:`);
  print(`  curl -H "Authorization: Bearer ${key}" -F 'job=${job}' -F input=@photo.jpg ${farm.address}/v1/jobs`);
}
