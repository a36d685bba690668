import type { Process } from '../kind.ts';
import type { PdfParams } from './contract.ts';

export const process: Process<PdfParams> = async () => [];
