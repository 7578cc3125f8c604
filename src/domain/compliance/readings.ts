import type { Reading, Unreadable } from '../../ports/reading.ts';
import type { Aspect, AspectValues, Facts } from '../../ports/resource-inventory.ts';
import { printableText } from '../kernel/printable-text.ts';
import type { InspectedResource, Judgement } from './compliance-check.ts';

/** In place of what a check looks at and nobody asked for: as unknown as what could not be read. */
export const notAsked: Unreadable = {
  state: 'unreadable',
  reason: 'failed',
  api: 'none',
  code: 'NotAsked',
};

/** What was read of an aspect, or why nothing was. */
export function readingOf<Name extends Aspect>(
  { facts }: InspectedResource,
  aspect: Name,
): Reading<AspectValues[Name]> {
  return facts[aspect] ?? notAsked;
}

/**
 * Why a resource is taken for deleted meanwhile; nothing where it is not. A resource of which anything was read is there,
 * whatever a service finds nothing of: DynamoDB describes a table that it has archived, and knows no backups of it.
 */
export function goneOf(facts: Facts): readonly Unreadable[] {
  const unread = Object.values(facts).flatMap(fact => (fact.state === 'unreadable' ? [fact] : []));
  return unread.length < Object.keys(facts).length ? [] : unread.filter(({ reason }) => reason === 'gone');
}

/** There is no verdict, as this could not be read. */
export function unseen(what: string, unread: readonly Unreadable[]): Judgement {
  return {
    verdict: 'indeterminate',
    explanation: `${what} could not be read: ${reasonsOf(unread)}.`,
    unread,
  };
}

/** `s3:GetBucketAcl was denied (AccessDenied)`, each reason once. */
export function reasonsOf(unread: readonly Unreadable[]): string {
  return [...new Set(unread.map(reasonOf))].join(', ');
}

function reasonOf({ reason, api, code }: Unreadable): string {
  if (code === notAsked.code) return 'it was not asked for';
  return `${printableText(api, 100)} ${happenings[reason]} (${printableText(code, 100)})`;
}

const happenings = {
  denied: 'was denied',
  throttled: 'was throttled',
  gone: 'found nothing there',
  failed: 'failed',
} as const;
