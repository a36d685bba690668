import { createHash } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { AppError } from '../../shared/errors.ts';

export interface Claim {
  /** What a second start is told. */
  announce(address: string): void;
  release(): Promise<void>;
}

/**
 * One farm per data directory. The claim is a listening Unix socket, which the kernel drops with the process, so a kill -9
 * leaves nothing to clean up by hand. It lies in the system's temporary directory because a socket's path may hold only
 * 107 bytes. @throws AppError `conflict` that names the farm that is running
 */
export async function claimDataDir(dataDir: string): Promise<Claim> {
  const digest = createHash('sha256')
    .update(await realpath(dataDir))
    .digest('hex')
    .slice(0, 32);
  const path = join(tmpdir(), `mediafarm-${digest}.sock`);
  let address = 'not yet listening';
  const server = createServer((socket) => socket.end(`pid ${process.pid}, ${address}`));
  server.unref();
  await listen(server, path).catch(async () => {
    const owner = await askOwner(path);
    if (owner !== undefined) {
      throw new AppError(
        'conflict',
        `A farm is already running on this data directory (${owner}). Stop it, or set FARM_DATA_DIR to another folder.`,
      );
    }
    await rm(path, { force: true });
    await listen(server, path);
  });
  return {
    announce: (next) => {
      address = next;
    },
    release: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** What the owner says of itself, or undefined when the socket is a leftover. */
async function askOwner(path: string): Promise<string | undefined> {
  const socket = connect(path);
  try {
    return await text(socket);
  } catch {
    return undefined;
  }
}
