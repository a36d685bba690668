import type { Output } from '../kind.ts';

/**
 * Several widths of one format are what a browser chooses from: each output of them carries the ready `srcset`, with names
 * relative to the step's outputs. Of equal widths the first is named.
 */
export function addSrcset(outputs: readonly Output[]): readonly Output[] {
  return outputs.map((output) => {
    const candidates = outputs.filter(({ mediaType }) => mediaType === output.mediaType);
    const widths = new Map<number, string>();
    for (const { name, facts } of candidates) {
      if (facts?.width !== undefined && !widths.has(facts.width)) widths.set(facts.width, name);
    }
    if (widths.size < 2) return output;
    const srcset = [...widths]
      .sort(([a], [b]) => a - b)
      .map(([width, name]) => `${name} ${width}w`)
      .join(', ');
    return { ...output, facts: { ...output.facts, srcset } };
  });
}
