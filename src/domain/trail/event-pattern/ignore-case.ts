/** The forms that a text may have at one of its UTF-16 units. */
interface Forms {
  readonly lower: string;
  readonly upper: string;
}

/**
 * Whether texts equal one, begin with it or end with it but for the case of its letters. As in event-ruler each UTF-16
 * unit of the pattern stands for its lower and its upper form, with no regard to a language: `ß` also for `SS`, but not
 * `s` for `ſ`. A half of a surrogate pair stands for a question mark there, and so it does here.
 */
export function compileIgnoreCase(
  pattern: string,
  where: 'whole' | 'start' | 'end',
): (text: string) => boolean {
  const known = new Map<string, Forms>();
  const forms = pattern.split('').map(unit => {
    const ofUnit = known.get(unit) ?? formsOf(unit);
    known.set(unit, ofUnit);
    return ofUnit;
  });
  if (forms.every(({ lower, upper }) => lower.length === 1 && upper.length === 1)) {
    return compileUnits(forms, where);
  }
  if (where === 'end') {
    const reversed = forms.toReversed();
    return text => walkBack(reversed, text) !== -1;
  }
  if (where === 'start') return text => walk(forms, text) !== -1;
  return text => walk(forms, text) === text.length;
}

function formsOf(unit: string): Forms {
  if (/^[\ud800-\udfff]$/.test(unit)) return { lower: '?', upper: '?' };
  return { lower: unit.toLowerCase(), upper: unit.toUpperCase() };
}

/** Where each form is one unit, as of nearly all letters, the place of each is known. */
function compileUnits(forms: readonly Forms[], where: 'whole' | 'start' | 'end'): (text: string) => boolean {
  const { length } = forms;
  const lower = Uint16Array.from(forms, form => form.lower.charCodeAt(0));
  const upper = Uint16Array.from(forms, form => form.upper.charCodeAt(0));
  return text => {
    if (where === 'whole' ? text.length !== length : text.length < length) return false;
    const start = where === 'end' ? text.length - length : 0;
    for (let at = 0; at < length; at += 1) {
      const unit = text.charCodeAt(start + at);
      if (unit !== lower[at] && unit !== upper[at]) return false;
    }
    return true;
  };
}

/** Where the text stands after all forms; -1 if it does not have them. No form of a unit begins with its other one. */
function walk(forms: readonly Forms[], text: string): number {
  let at = 0;
  for (const { lower, upper } of forms) {
    if (text.startsWith(lower, at)) at += lower.length;
    else if (text.startsWith(upper, at)) at += upper.length;
    else return -1;
  }
  return at;
}

/** The same from the end of the text. */
function walkBack(forms: readonly Forms[], text: string): number {
  let at = text.length;
  for (const { lower, upper } of forms) {
    if (text.endsWith(lower, at)) at -= lower.length;
    else if (text.endsWith(upper, at)) at -= upper.length;
    else return -1;
  }
  return at;
}
