/**
 * Real and hostile files from ../shared/fixtures through the neighbours of resize (its own run is beside it in workers/): what
 * resize reads they read, and the rest ends in a sentence for the person who sent it.
 */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../shared/errors.ts';
import { catalog } from '../../workers/catalog.ts';
import type { Output } from '../../workers/kind.ts';
import { fixturesAbsent, fixturesPresent, readFixtures } from '../support/fixtures.ts';
import { makeTask } from '../support/make-task.ts';

const kinds: Readonly<Record<string, object>> = {
  inspect: { exif: true, location: true },
  'contact-sheet': { cellWidth: 96, cellHeight: 96, captions: 'name' },
  'deep-zoom': {},
};

const pictures = readFixtures().filter(({ expected }) => expected.resize !== '-');

async function attempt(kind: string, path: string, name: string): Promise<string> {
  const { contract, load } = catalog[kind] ?? {};
  const task = await makeTask({ params: contract?.params.parse(kinds[kind]) as never, files: [{ path, name }] });
  const process = (await load?.()) as unknown as (given: typeof task) => Promise<readonly Output[]>;
  try {
    const outputs = [...(await process(task)), ...task.emitted];
    return outputs.length > 0 ? 'ok' : 'nothing';
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.publicMessage).toMatch(/^[A-Z“].{30,}\.$/s);
    expect(error.publicMessage).not.toContain(task.scratch);
    return 'clean error';
  }
}

describe('real files', () => {
  if (!fixturesPresent) it(`are not tried: ${fixturesAbsent}`, () => expect(pictures).toEqual([]));

  it.each(pictures)('$kind/$file ends well in every kind', async ({ file, path, expected }) => {
    for (const kind of Object.keys(kinds)) {
      const ended = await attempt(kind, path, file);
      const allowed = expected.resize === 'ok' ? ['ok'] : ['ok', 'clean error'];
      expect([kind, allowed.includes(ended), ended]).toEqual([kind, true, ended]);
    }
  });
});
