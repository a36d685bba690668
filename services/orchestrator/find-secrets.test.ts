import { expect, it } from 'vitest';
import { kindsWithSecrets, withoutSecrets } from './find-secrets.ts';
import { forgetSecretsOf } from './forget-secrets.ts';

it('knows the kinds that take passwords', () => {
  expect([...kindsWithSecrets].sort()).toEqual(['pdf', 'pdf-edit', 'pdf-pages']);
});

it('removes every password, wherever it stands, and nothing else', () => {
  const params = {
    password: 'a',
    sources: [{ input: 'x', password: 'b' }, { input: 'y' }],
    operations: [{ op: 'stamp', text: 'password' }],
    encrypt: { userPassword: 'c', ownerPassword: 'd', allow: { print: 'none' } },
  };
  const before = structuredClone(params);
  expect(withoutSecrets('pdf-edit', params)).toEqual({
    sources: [{ input: 'x' }, { input: 'y' }],
    operations: [{ op: 'stamp', text: 'password' }],
    encrypt: { allow: { print: 'none' } },
  });
  expect(params).toEqual(before);
  expect(withoutSecrets('pdf-pages', { password: 'a', pages: '1' })).toEqual({ pages: '1' });
  expect(withoutSecrets('pdf', { layout: 'document', encrypt: { userPassword: 'c' } })).toEqual({
    layout: 'document',
    encrypt: {},
  });
});

it('leaves what holds none, and kinds it does not know', () => {
  expect(withoutSecrets('pdf-pages', { pages: '1' })).toBeUndefined();
  expect(withoutSecrets('resize', { width: 10, password: 'x' })).toBeUndefined();
  expect(withoutSecrets('no-such-kind', { password: 'x' })).toBeUndefined();
});

it('keeps dead letters without them: tasks and submissions', () => {
  expect(forgetSecretsOf({ step: 'a', kind: 'pdf-pages', params: { password: 'x', pages: '1' } })).toEqual({
    ...{ step: 'a', kind: 'pdf-pages' },
    params: { pages: '1' },
  });
  const steps = {
    a: { kind: 'pdf-edit', password: 'x', sources: [{ input: 'i', password: 'y' }] },
    b: { kind: 'resize' },
  };
  expect(forgetSecretsOf({ job: { input: 'up_1', steps } })).toEqual({
    job: { input: 'up_1', steps: { a: { kind: 'pdf-edit', sources: [{ input: 'i' }] }, b: { kind: 'resize' } } },
  });
  for (const other of [null, 'text', 7, [1], { kind: 'nothing', params: { password: 'x' } }]) {
    expect(forgetSecretsOf(other)).toEqual(other);
  }
});
