import type { Process } from '../kind.ts';
import type { TranscodeParams } from './contract.ts';

export const process: Process<TranscodeParams> = async () => [];
