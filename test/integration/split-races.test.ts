/** Reports of parts from several orchestrators at once, in any order and more than once, on a real ledger. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cancelJob } from '../../shared/ledger/cancel-job.ts';
import { readJob } from '../../shared/ledger/read-job.ts';
import { type Ledger, openLedger } from '../support/ledger-fixture.ts';
import { random } from '../support/play-job.ts';
import { type SplitJob, splitJob } from '../support/play-split.ts';

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(() => ledger.close());

interface PartRow {
  readonly name: string;
  readonly status: string;
  readonly dispatch: number;
}

async function partsOf({ job }: SplitJob): Promise<readonly PartRow[]> {
  const rows = await ledger.database.query<PartRow>(
    'select name, status, dispatch from steps where job_id = $1 and parent is not null order by name',
    [job.id],
  );
  return rows.rows;
}

const stepOf = async ({ job }: SplitJob) =>
  (await ledger.database.query('select * from steps where job_id = $1 and parent is null', [job.id])).rows[0];

const isLetGo = ({ status }: PartRow) => status === 'queued' || status === 'running';

/** Everything the workers of these parts say, twice and shuffled, all at once. */
async function reportAll(split: SplitJob, parts: readonly PartRow[], next: () => number): Promise<void> {
  const said = parts.flatMap(({ name, dispatch }) =>
    (['started', 'progress', 'succeeded'] as const).flatMap((what) =>
      [1, 2].map(() => ({
        key: next(),
        tell: () => split.report(name, what, { dispatch, fraction: next(), outputs: [] }),
      })),
    ),
  );
  said.sort((a, b) => a.key - b.key);
  await Promise.all(said.map(({ tell }) => tell()));
}

it('lets every part go once, keeps its tally right, and joins once', async () => {
  const next = random(7);
  const split = await splitJob(ledger.database, 60, 3);
  for (let open = (await partsOf(split)).filter(isLetGo); open.length > 0; ) {
    expect(open.length).toBeLessThanOrEqual(6);
    await reportAll(split, open, next);
    open = (await partsOf(split)).filter(isLetGo);
  }
  for (const part of await partsOf(split)) expect(part).toMatchObject({ status: 'succeeded', dispatch: 1 });
  const step = await stepOf(split);
  expect(step).toMatchObject({ phase: 'join', status: 'queued', dispatch: 3 });
  expect(step.tally).toMatchObject({ total: 60, waiting: 0, queued: 0, running: 0, succeeded: 60, attempts: 60 });
  expect(step.tally.done).toBeCloseTo(step.tally.weight, 9);
});

it('stops every part when one fails or the job is cancelled while others report', async () => {
  for (let round = 0; round < 10; round++) {
    const next = random(round + 1);
    const split = await splitJob(ledger.database, 12, 4);
    const end = () =>
      round % 2 === 0 ? cancelJob(ledger.database, 'acme', split.job.id) : split.report('web.1.p3', 'failed');
    const open = (await partsOf(split)).filter((part) => isLetGo(part) && part.name !== 'web.1.p3');
    await Promise.all([reportAll(split, open, next), end()]);
    const job = (await readJob(ledger.database, 'acme', split.job.id))?.job;
    expect(job?.status).toBe(round % 2 === 0 ? 'cancelled' : 'failed');
    const statuses = (await partsOf(split)).map(({ status }) => status);
    expect(statuses.filter((status) => !['succeeded', 'cancelled', 'failed'].includes(status))).toEqual([]);
    const { tally } = await stepOf(split);
    expect(tally).toMatchObject({ waiting: 0, queued: 0, running: 0 });
    expect(tally.succeeded).toBe(statuses.filter((status) => status === 'succeeded').length);
  }
});
