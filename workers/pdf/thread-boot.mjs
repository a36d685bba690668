/** Node 20 cannot read TypeScript, and a loader given to a thread by `--import` comes too late for its entry; so it is registered here. */
import { register } from 'tsx/esm/api';

register();
await import('./thread-main.ts');
