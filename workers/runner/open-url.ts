import { AppError } from '../../shared/errors.ts';
import type { GuardedFetch } from '../../shared/outbound/create-guarded-fetch.ts';
import type { OpenUrl } from './fetch-inputs.ts';

const totalTimeoutMs = 3_600_000;
const idleTimeoutMs = 30_000;

/** Opens the URL inputs of jobs behind the address guard; up to five redirects, each checked like the first. */
export function createOpenUrl(guardedFetch: GuardedFetch, maxBytes: number): OpenUrl {
  return async (url, signal) => {
    const answer = await guardedFetch.request(url, {
      signal,
      totalTimeoutMs,
      idleTimeoutMs,
      maxRedirects: 5,
      limit: { maxBytes, excess: 'fail' },
    });
    if (answer.status === 200) return { body: answer.body, name: nameOf(answer.url) };
    answer.body.destroy();
    throw statusError(answer.status);
  };
}

/** 408, 425, 429 and 5xx may pass; any other answer will be the same next time. */
function statusError(status: number): AppError {
  const retryable = status >= 500 || [408, 425, 429].includes(status);
  return new AppError(
    'input_unavailable',
    `The input's address answered ${status} instead of 200. Check that it can be read without signing in.`,
    { retryable },
  );
}

function nameOf(url: string): string {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last).slice(-255) || 'input';
  } catch {
    return last.slice(-255) || 'input';
  }
}
