import { describeBus } from '../../test/conformance/bus-suite.ts';
import { createLog } from '../log.ts';
import { openBus } from './open-bus.ts';

describeBus('memory-bus', (topology) =>
  openBus({ urls: ['memory:'], topology, log: createLog('test', 'silent'), name: 'test' }),
);
