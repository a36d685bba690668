import { documentedPictures } from './documented-pictures.ts';

export const pictures = documentedPictures('preview', { use: 'clip' });
