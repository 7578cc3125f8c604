import { printableText } from '../../domain/kernel/printable-text.ts';
import type { TrailRulesNews } from '../../domain/trail/trail-rules-source.ts';
import { measure } from './measure.ts';
import type { Telemetry } from './telemetry.ts';

/** Faults of a rules file that are logged. */
const mostFaults = 5;

/** Logs and measures what a source of rules has to tell. */
export function reportTrailRulesNews(
  news: TrailRulesNews,
  { logger, metrics }: Pick<Telemetry, 'logger' | 'metrics'>,
): void {
  if (news.kind === 'adopted') {
    logger.info('Rules adopted', { from: news.from, ruleSet: news.rules.hash });
  } else if (news.kind === 'refused') {
    measure(metrics, 'TrailRulesRefused');
    const { reason, faults, standing } = news.refusal;
    const shown = faults.slice(0, mostFaults).map(fault => printableText(fault));
    logger.error('Rules refused', { reason, faults: shown, ruleSet: standing });
  } else {
    logger.error('Refusal of rules not announced', { error: news.error });
  }
}
