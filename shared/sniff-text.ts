/** What a text is, by its content; the name decides only between kinds of plain text that look alike. */

const byExtension: Readonly<Record<string, string>> = {
  md: 'text/markdown',
  markdown: 'text/markdown',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  json: 'application/json',
  html: 'text/html',
  htm: 'text/html',
  vtt: 'text/vtt',
  m3u8: 'application/vnd.apple.mpegurl',
  css: 'text/css',
  srt: 'application/x-subrip',
};

/** `head` is the beginning of the file. Undefined when it is not text. */
export function sniffText(head: Buffer, name: string): string | undefined {
  if (head.length === 0) return undefined;
  const text = decode(head);
  if (text === undefined) return undefined;
  const start = withoutPreamble(text);
  if (/^<svg[\s>]/i.test(start)) return 'image/svg+xml';
  if (/^<(html|head|body|script)[\s>]/i.test(start) || /^\s*<!doctype\s+html/i.test(text)) return 'text/html';
  if (/^\s*<\?xml\s/.test(text)) return 'application/xml';
  if (/^\s*#EXTM3U/.test(text)) return 'application/vnd.apple.mpegurl';
  if (/^WEBVTT(\s|$)/.test(text)) return 'text/vtt';
  if (/^\s*\d+\r?\n\d\d:\d\d:\d\d,\d{3} --> /.test(text)) return 'application/x-subrip';
  if (looksLikeMarkdown(text)) return 'text/markdown';
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return byExtension[extension] ?? 'text/plain';
}

/** UTF-8 or UTF-16 with a byte order mark, and no control characters but white space. A character cut at the end is no fault. */
function decode(head: Buffer): string | undefined {
  const encoding =
    head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(head, { stream: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary from text
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Without the XML declaration, comments and doctype that may stand before the root element. */
function withoutPreamble(text: string): string {
  let rest = text.trimStart();
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replace(/^(<\?[^>]*\?>|<!--[\s\S]*?-->|<!doctype\s+svg[^[>]*(\[[^\]]*\])?\s*>)\s*/i, '');
  }
  return rest;
}

/** Two different signs of Markdown: one alone also stands in ordinary text (a dash before a line, a `#` before a number). */
function looksLikeMarkdown(text: string): boolean {
  const signs = [
    /^#{1,6} \S/m,
    /^(-|\*|\+|\d+\.) \S.*\r?\n(-|\*|\+|\d+\.) \S/m,
    /^(```|~~~)/m,
    /!?\[[^\]\n]+\]\([^)\s]+\)/,
    /(^|\s)(\*\*|__)\S[^*_\n]*\S(\*\*|__)(\s|[.,;:!?]|$)/m,
    /^> \S/m,
    /^\|.+\|\r?\n\|[\s:|-]+\|/m,
  ];
  return signs.filter((sign) => sign.test(text)).length >= 2;
}
