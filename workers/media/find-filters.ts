import { runTool } from './run-tool.ts';

let names: Promise<ReadonlySet<string>> | undefined;

/** Whether the ffmpeg at hand was built with a filter; asked once per process. */
export async function hasFilter(name: string): Promise<boolean> {
  names ??= listFilters();
  return (await names).has(name);
}

async function listFilters(): Promise<ReadonlySet<string>> {
  const args = ['-hide_banner', '-v', 'error', '-filters'];
  const signal = AbortSignal.timeout(60_000);
  const { stdout } = await runTool({ command: 'ffmpeg', args, signal, timeoutMs: 30_000 });
  return readFilters(stdout.toString('utf8'));
}

/** Lines such as ` TS. ssim              VV->V      Calculate the SSIM …`; ffmpeg 8 has two flags in front, older ones three. */
export function readFilters(listing: string): ReadonlySet<string> {
  return new Set([...listing.matchAll(/^ [A-Z.]{2,3} (\w+) +\S+->\S+/gm)].map(([, name = '']) => name));
}
