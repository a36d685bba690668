import { documentedPictures } from './documented-pictures.ts';

export const pictures = documentedPictures('sprite', { use: 'clip' });
