import type { Container } from 'inversify';
import type { TrailRules } from '../../../domain/trail/trail-rules.ts';
import { TrailRulesSource } from '../../../domain/trail/trail-rules-source.ts';
import type { Telemetry } from '../telemetry.ts';
import type { TrailAnalyzerEnvironment } from '../trail-analyzer.env.ts';
import { reportTrailRulesNews } from '../trail-rules-news.ts';
import { tokens } from './tokens.ts';

/**
 * Binds the rules of the moment: those of the object that the environment names, or else those of the function's folder.
 *
 * @param bundled The rules of the function's folder; where an object is named, they stand until that is there.
 */
export function bindTrailRules(
  container: Container,
  environment: Pick<TrailAnalyzerEnvironment, 'TRAIL_RULES_OBJECT' | 'TRAIL_RULES_REFRESH_SECONDS'>,
  bundled: TrailRules,
  telemetry: Telemetry,
): void {
  container.bind(tokens.trailRules).toResolvedValue(
    (objects, alerts, clock) => {
      const object = environment.TRAIL_RULES_OBJECT;
      if (object === undefined) return async () => bundled;
      const source = new TrailRulesSource({
        ...{ objects, alerts, clock, object, bundled },
        refreshSeconds: environment.TRAIL_RULES_REFRESH_SECONDS,
        tell: news => reportTrailRulesNews(news, telemetry),
      });
      return () => source.rules();
    },
    [tokens.objectStore, tokens.alertChannel, tokens.clock],
  );
}
