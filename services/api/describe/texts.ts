export const apiVersion = '1.0.0';

export const tags = {
  uploads: 'Files on their way in',
  jobs: 'Work: a job is a graph of steps over inputs',
  outputs: 'Files on their way out',
  webhooks: 'How your product is told',
  farm: 'For operators and tools; needs no key',
} as const;
