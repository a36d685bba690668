import { AppError } from '../../shared/errors.ts';
import type { Process } from '../kind.ts';
import type { PdfPagesParams } from './contract.ts';

export const process: Process<PdfPagesParams> = async () => {
  throw new AppError('kind_unavailable', 'pdf-pages is being built.');
};
