/** Elements of HTML that do not break the line they stand in. */
const inline =
  /^<\/?(?:a|abbr|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|nobr|q|s|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr)[\s/>]/i;

/** Elements of HTML that break it, even one alone. */
const block =
  /^<\/?(?:article|aside|blockquote|body|br|caption|d[dlt]|div|footer|h[1-6r]|head|header|html|li|main|nav|ol|option|p|pre|section|table|tbody|td|tfoot|th|thead|title|tr|ul)[\s/>]/i;

const tag = /<\/?[a-z][^<>]*>/gi;
const tags = /(?:<\/?[a-z][^<>]*>)+/gi;
const anyMark = /(?:<\/?[a-z][^<>]*>)+|<!\[CDATA\[|\]\]>/gi;

/**
 * Lines of a text that read otherwise once its markup is taken out, as far as they hold digits: `4111<b>1111</b>` reads
 * 41111111. Where one element ends and the next begins, as in records of XML, what they hold stays apart.
 */
export function joinSplitLines(text: string): string[] {
  if (!/<[a-z!?]/i.test(text)) return [];
  const asItStands = new Set(text.split(anyMark).flatMap(run => run.split('\n').map(line => line.trim())));
  const joined = withoutSpans(withoutSpans(text, '<!--', '-->'), '<?', '?>')
    .replaceAll(/<!\[CDATA\[|\]\]>/g, '')
    .replaceAll(tags, run => separatorOf(run.match(tag) ?? []));
  const lines = joined.split('\n').map(line => line.trim());
  return lines.filter(line => /\d/.test(line) && !asItStands.has(line));
}

function separatorOf(run: readonly string[]): string {
  if (run.every(one => inline.test(one))) return '';
  return run.length > 1 || run.some(one => block.test(one)) ? '\n' : '';
}

function withoutSpans(text: string, open: string, close: string): string {
  let rest = '';
  let at = 0;
  for (let start = text.indexOf(open); start >= 0; start = text.indexOf(open, at)) {
    const end = text.indexOf(close, start + open.length);
    if (end < 0) break;
    rest += text.slice(at, start);
    at = end + close.length;
  }
  return rest + text.slice(at);
}
