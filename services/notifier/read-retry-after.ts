const longestMs = 86_400_000;

/** `Retry-After` of RFC 9110 §10.2.3, seconds or an HTTP date, in milliseconds from now; null when absent or unreadable. At most a day. */
export function readRetryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  const delay = /^\d+$/.test(value) ? Number(value) * 1000 : readHttpDate(value) - now;
  return Number.isNaN(delay) ? null : Math.min(Math.max(delay, 0), longestMs);
}

/** `Date.parse` makes a date of nearly anything (`-5`), so the form is checked first. */
function readHttpDate(value: string): number {
  return /^[A-Z][a-z]{2,8}, .+ GMT$/.test(value) ? Date.parse(value) : Number.NaN;
}
