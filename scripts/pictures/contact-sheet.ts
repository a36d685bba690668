import { documentedPictures } from './documented-pictures.ts';

export const pictures = documentedPictures('contact-sheet', { use: 'harbour' });
