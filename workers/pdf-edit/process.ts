import { AppError } from '../../shared/errors.ts';
import type { Process } from '../kind.ts';
import type { PdfEditParams } from './contract.ts';

export const process: Process<PdfEditParams> = async () => {
  throw new AppError('kind_unavailable', 'pdf-edit is being built.');
};
