import { runTool } from './run-tool.ts';

const listed = new Map<string, Promise<ReadonlySet<string>>>();

/** Whether an ffmpeg was built with a filter; each is asked once per process. One that cannot be run has none. */
export async function hasFilter(name: string, ffmpeg = 'ffmpeg'): Promise<boolean> {
  const names = listed.get(ffmpeg) ?? listFilters(ffmpeg);
  listed.set(ffmpeg, names);
  return (await names).has(name);
}

async function listFilters(command: string): Promise<ReadonlySet<string>> {
  const args = ['-hide_banner', '-v', 'error', '-filters'];
  const signal = AbortSignal.timeout(60_000);
  const { stdout } = await runTool({ command, args, signal, timeoutMs: 30_000 });
  return readFilters(stdout.toString('utf8'));
}

/** Lines such as ` TS. ssim              VV->V      Calculate the SSIM …`; ffmpeg 8 has two flags in front, older ones three. */
export function readFilters(listing: string): ReadonlySet<string> {
  return new Set([...listing.matchAll(/^ [A-Z.]{2,3} (\w+) +\S+->\S+/gm)].map(([, name = '']) => name));
}
