import type { Process } from '../kind.ts';
import type { ResizeParams } from './contract.ts';

export const process: Process<ResizeParams> = async () => [];
