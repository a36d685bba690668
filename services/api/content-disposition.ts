/** Types a browser shows without running anything in them; the rest is offered for download. */
const shown = /^(image\/(?!svg)|video\/|audio\/|application\/(pdf|vnd\.apple\.mpegurl|dash\+xml)$|text\/(plain|vtt)\b)/;

/** RFC 6266: an ASCII name for old clients and the real one in UTF-8 beside it. */
export function contentDisposition(name: string, mediaType: string): string {
  const base = name.split('/').at(-1) as string;
  const plain = base.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(base).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const kind = shown.test(mediaType) ? 'inline' : 'attachment';
  return `${kind}; filename="${plain}"${plain === base ? '' : `; filename*=UTF-8''${encoded}`}`;
}
