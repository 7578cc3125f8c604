import { countText, element, matchesText, part, shape } from './elements.ts';
import type { MatchIndex } from './match-index.ts';
import { type TimeBuckets, timeBuckets, timeText } from './time-buckets.ts';

const width = 960;
const height = 160;
/** Room below the bars for the times. */
const footer = 20;

/** Called with the first and the last millisecond of a bar that was chosen. */
type ChooseSpan = (from: number, to: number) => void;

/** Draws how many of these matches fall into each hour, day or other span, and writes the same as a table. */
export function drawTimeline(index: MatchIndex, matches: Uint32Array, choose: ChooseSpan): void {
  const chart = part('timeline');
  const rows = part('timeline-rows');
  const times = index.timesOf(matches);
  if (times === null) {
    chart.replaceChildren(
      element('p', {}, matches.length === 0 ? 'Nothing to show.' : 'No match has a time.'),
    );
    rows.replaceChildren();
    return;
  }
  const buckets = timeBuckets(...times);
  const { counts, untimed } = countInto(buckets, index, matches);
  const totals = counts.map(bySeverity => bySeverity.reduce((sum, count) => sum + count, 0));
  const most = Math.max(...totals);
  const label =
    `Matches by ${buckets.name} in UTC, ${timeText(times[0])} to ${timeText(times[1])}; ` +
    `at most ${countText(most)} in one${untimed === 0 ? '' : `; ${countText(untimed)} without a time`}`;
  const picture = shape('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label });
  counts.forEach((bySeverity, at) => {
    if (totals[at] !== 0) picture.append(barOf(buckets, at, bySeverity, most, index.data.severities, choose));
  });
  picture.append(axisOf(buckets));
  chart.replaceChildren(picture, element('p', { class: 'quiet' }, `${label}.`));
  rows.replaceChildren(...rowsOf(buckets, totals));
}

/** Of each bucket, how many matches of each severity. */
function countInto(buckets: TimeBuckets, index: MatchIndex, matches: Uint32Array) {
  const counts = Array.from({ length: buckets.count }, () => index.data.severities.map(() => 0));
  let untimed = 0;
  index.forEachTime(matches, (time, severity) => {
    const bySeverity = counts[Math.floor((time - buckets.start) / buckets.step)];
    if (bySeverity === undefined) untimed += 1;
    else bySeverity[severity] = (bySeverity[severity] ?? 0) + 1;
  });
  return { counts, untimed };
}

function barOf(
  buckets: TimeBuckets,
  at: number,
  bySeverity: readonly number[],
  most: number,
  severities: readonly string[],
  choose: ChooseSpan,
): SVGElement {
  const from = buckets.start + at * buckets.step;
  const told = bySeverity.flatMap((count, severity) =>
    count === 0 ? [] : [`${countText(count)} ${severities[severity]}`],
  );
  const slot = width / buckets.count;
  const bar = shape('g', { class: 'span' }, shape('title', {}, `${timeText(from)}: ${told.join(', ')}`));
  // What is hovered over and clicked is the whole height: a bar of one match is a pixel high.
  bar.append(shape('rect', { x: at * slot, y: 0, width: slot, height: height - footer, class: 'slot' }));
  let top = height - footer;
  bySeverity.forEach((count, severity) => {
    const tall = count === 0 ? 0 : Math.max(1, (count / most) * (height - footer - 4));
    top -= tall;
    const place = { x: at * slot + slot * 0.1, y: top, width: slot * 0.8, height: tall };
    if (count > 0) bar.append(shape('rect', { ...place, class: severities[severity] ?? '' }));
  });
  bar.addEventListener('click', () => choose(from, from + buckets.step - 1));
  return bar;
}

/** A few times below the bars. */
function axisOf({ start, step, count }: TimeBuckets): SVGElement {
  const axis = shape('g', { class: 'axis', 'aria-hidden': 'true' });
  axis.append(shape('line', { x1: 0, x2: width, y1: height - footer, y2: height - footer }));
  const labels = Math.min(count, 6);
  for (let number = 0; number < labels; number += 1) {
    const at = Math.floor((number * count) / labels);
    const text = timeText(start + at * step).slice(0, step < 86_400_000 ? 16 : 10);
    axis.append(shape('text', { x: (at * width) / count + 2, y: height - 5 }, text));
  }
  return axis;
}

function rowsOf({ start, step }: TimeBuckets, totals: readonly number[]): readonly HTMLElement[] {
  return totals.flatMap((total, at) =>
    total === 0
      ? []
      : [
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, timeText(start + at * step)),
            element('td', { class: 'number' }, matchesText(total)),
          ),
        ],
  );
}
