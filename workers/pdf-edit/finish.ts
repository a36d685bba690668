import { stat } from 'node:fs/promises';
import { AppError } from '../../shared/errors.ts';
import type { Output } from '../kind.ts';
import { encryptionJob } from '../media/pdf/encryption.ts';
import { type QpdfJob, runQpdf } from '../media/pdf/run-qpdf.ts';
import { breaksClaims, dropClaims } from './drop-claims.ts';
import type { Gathered } from './gather-sources.ts';
import { type EditTask, rewrite, type Work, write } from './work.ts';

interface Protection {
  readonly job: QpdfJob;
  /** Opens the result; undefined when it is not protected. */
  readonly password: string | undefined;
}

/** Packs, protects and linearises, which are always the last things done, and looks whether the result is sound. */
export async function finish(task: EditTask, operated: Work, gathered: Gathered): Promise<Output> {
  const { linearise, optimise } = task.params;
  const protection = protect(task, gathered);
  const unsure = breaksClaims(task, gathered, protection.password !== undefined);
  const work = unsure ? await dropClaims(task, operated) : operated;
  const wishes = { ...protection.job, ...(linearise ? { linearize: '' } : {}) };
  const packed = optimise ? await pack(task, work, optimise === 'images', wishes) : undefined;
  const done = packed ?? (Object.keys(wishes).length > 0 ? await rewrite(task, work, wishes) : work);
  const pages = await check(task, done, protection.password);
  const bytes = (await stat(done.path)).size;
  const { originalBytes } = gathered;
  const gained = optimise ? { originalBytes, savedBytes: originalBytes - bytes } : {};
  return {
    ...{ name: `${task.name}${work.suffix}.pdf`, path: done.path, mediaType: 'application/pdf' },
    facts: { pages, encrypted: protection.password !== undefined, ...gained },
  };
}

/** Small documents may grow by packing; then the plain one is taken. */
async function pack(task: EditTask, work: Work, images: boolean, wishes: QpdfJob): Promise<Work> {
  const packing = { objectStreams: 'generate', recompressFlate: '', compressionLevel: '9' };
  const path = await write(task, work, { ...wishes, ...packing, ...(images ? { optimizeImages: '' } : {}) });
  const plain = await write(task, work, wishes);
  const [small, large] = [(await stat(path)).size, (await stat(plain)).size];
  return { ...work, path: small <= large ? path : plain };
}

function protect({ params }: EditTask, { protection }: Gathered): Protection {
  if (params.encrypt !== undefined) return encryptionJob(params.encrypt);
  if (protection === undefined || params.decrypt) return { job: {}, password: undefined };
  const { path, password } = protection;
  return { job: { copyEncryption: path, encryptionFilePassword: password }, password };
}

/** What a reader nobody here wrote says about the result. */
async function check(task: EditTask, { path, name }: Work, password: string | undefined): Promise<number> {
  const job = { inputFile: path, ...(password === undefined ? {} : { password }) };
  await runQpdf({ ...job, check: '' }, { ...task, name });
  const { stdout } = await runQpdf({ ...job, showNpages: '' }, { ...task, name });
  const pages = Number(stdout.toString('utf8').trim());
  if (pages > 0) return pages;
  throw new AppError('output_invalid', `The result made of “${name}” has no pages.`);
}
