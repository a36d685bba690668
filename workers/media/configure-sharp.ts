import sharp from 'sharp';

/**
 * Once per worker process. The cache is off because every input is new; `threads` is libvips threads per operation:
 * 1 when several tasks run at once (glibc's heaps fragment otherwise), the cores when one task has the machine.
 */
export function configureSharp(threads: number): void {
  sharp.cache(false);
  sharp.concurrency(threads);
}
