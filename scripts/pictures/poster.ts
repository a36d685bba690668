import { documentedPictures } from './documented-pictures.ts';

export const pictures = documentedPictures('poster', { use: 'clip' });
