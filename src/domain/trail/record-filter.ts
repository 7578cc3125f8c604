import { ElementFilter } from '../kernel/record-scan/element-filter.ts';
import { commonTexts, type RecordConditions } from './record-conditions.ts';

/** Of each rule set that is in use; making one takes longer than reading a small log. */
const filters = new WeakMap<object, ElementFilter>();

/** What a record must have, lest it be passed over unread; `undefined` where each must be read. */
export function recordFilterOf(conditions: RecordConditions): ElementFilter | undefined {
  if (conditions === 'any') return undefined;
  const known = filters.get(conditions);
  if (known !== undefined) return known;
  const { eventNames, literals } = conditions;
  const filter = ElementFilter.of({
    key: 'eventName',
    values: eventNames,
    literals,
    frequent: [...commonTexts],
  });
  if (filter !== undefined) filters.set(conditions, filter);
  return filter;
}
