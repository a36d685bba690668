/** Names headings as GitHub does, so links written for it work: lower case, spaces to hyphens, a number when taken. */
export function nameAnchors(): (title: string) => string {
  const taken = new Map<string, number>();
  return (title) => {
    const base = title
      .toLowerCase()
      .trim()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    const count = taken.get(base) ?? 0;
    taken.set(base, count + 1);
    return count === 0 ? base : `${base}-${count}`;
  };
}
