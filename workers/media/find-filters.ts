import { runTool } from './run-tool.ts';

const listed = new Map<string, Promise<ReadonlySet<string>>>();

/** Whether an ffmpeg was built with a filter; each is asked until it answers. One that cannot be run has none. */
export async function hasFilter(name: string, ffmpeg = 'ffmpeg'): Promise<boolean> {
  const names = listed.get(ffmpeg) ?? listFilters(ffmpeg);
  listed.set(ffmpeg, names);
  return (await names).has(name);
}

async function listFilters(command: string): Promise<ReadonlySet<string>> {
  const args = ['-hide_banner', '-v', 'error', '-filters'];
  const signal = AbortSignal.timeout(60_000);
  try {
    const { stdout, code } = await runTool({ command, args, signal, timeoutMs: 30_000 });
    if (code !== 0) listed.delete(command);
    return readFilters(stdout.toString('utf8'));
  } catch (error) {
    listed.delete(command);
    throw error;
  }
}

/** Lines such as ` TS. ssim              VV->V      Calculate the SSIM …`; ffmpeg 8 has two flags in front, older ones three. */
export function readFilters(listing: string): ReadonlySet<string> {
  return new Set([...listing.matchAll(/^ [A-Z.]{2,3} (\w+) +\S+->\S+/gm)].map(([, name = '']) => name));
}
