import type { FastifyInstance } from 'fastify';
import { AppError } from '../../shared/errors.ts';

/** @throws AppError `conflict` that tells the operator which setting to change */
export async function listen(app: FastifyInstance, where: { readonly host: string; readonly port: number }) {
  try {
    await app.listen({ host: where.host, port: where.port });
  } catch (error) {
    const reason = refusals[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw error;
    throw new AppError('conflict', `Cannot listen on ${where.host} port ${where.port}: ${reason}`, { cause: error });
  }
}

const refusals: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program does already. Stop it, or set FARM_PORT to a free port (0 picks one).',
  EACCES: 'this user may not use that port. Set FARM_PORT to 1024 or more.',
  EADDRNOTAVAIL: 'this machine has no such address. Set FARM_HOST to one of its own, or to 0.0.0.0 for all.',
  ENOTFOUND: 'that name has no address. Set FARM_HOST to an address of this machine.',
};
