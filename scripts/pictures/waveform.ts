import { documentedPictures } from './documented-pictures.ts';

export const pictures = documentedPictures('waveform', { use: 'melody' });
