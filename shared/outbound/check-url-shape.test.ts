import { describe, expect, it } from 'vitest';
import { checkUrlShape } from './check-url-shape.ts';

describe('checkUrlShape', () => {
  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://0x7f000001/',
    'http://2130706433/',
    'http://0177.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://localhost:8080/',
    'http://LOCALHOST./',
    'http://app.localhost/',
    'http://169.254.169.254/latest/meta-data',
    'http://10.0.0.1/',
  ])('refuses the local address %s', (url) => {
    expect(checkUrlShape(url, [])).toMatch(/private, local or reserved/);
  });

  it.each([
    ['ftp://example.com/', /https:\/\/ or http:\/\//],
    ['file:///etc/passwd', /https:\/\/ or http:\/\//],
    ['/hooks', /absolute URL/],
    ['https://user:secret@example.com/', /without a user name/],
    ['https://example.com:25/', /port/],
    ['https://example.com:22/', /port/],
    ['https://example.com:6667/', /port/],
    ['http://example.com:5432/', /port/],
    [`https://example.com/${'a'.repeat(3000)}`, /at most 2048/],
  ])('says what is wrong with %s', (url, expected) => {
    expect(checkUrlShape(url, [])).toMatch(expected);
  });

  it.each([
    'https://example.com/hooks?a=1',
    'http://example.com:8080/',
    'https://1.1.1.1/',
    'https://[2606:4700::1]:9000/',
  ])('lets %s pass', (url) => {
    expect(checkUrlShape(url, [])).toBeUndefined();
  });

  it('lets local addresses pass where the operator allows them', () => {
    expect(checkUrlShape('http://127.0.0.1:3000/', ['127.0.0.0/8'])).toBeUndefined();
    expect(checkUrlShape('http://localhost:3000/', ['127.0.0.0/8'])).toBeUndefined();
    expect(checkUrlShape('http://10.0.0.1/', ['127.0.0.0/8'])).toBeDefined();
  });
});
