import type { EventDelivery } from './event-delivery.ts';
import { compilePattern, type EventMatcher } from './event-pattern.ts';
import { compileInput, type InputMaker, type TargetInput } from './input-transformer.ts';

/** An event on the default bus. */
export interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: object;
}

/** A rule of the template. */
export interface RuleSpecification {
  readonly name: string;
  readonly arn: string;
  readonly pattern: unknown;
  readonly targets: readonly (TargetInput & {
    readonly Id: string;
    readonly Arn: string;
    readonly DeadLetterConfig?: { readonly Arn?: string | undefined } | undefined;
  })[];
}

interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly matches: EventMatcher;
  readonly targets: readonly {
    readonly arn: string;
    readonly deadLetterArn: string | undefined;
    readonly makeInput: InputMaker;
  }[];
}

const eventBridge = 'events.amazonaws.com';

/** The rules of EventBridge's default bus. */
export class EventRules {
  readonly #rules: Rule[] = [];
  readonly #delivery: Pick<EventDelivery, 'deliver' | 'reaches'>;
  readonly #onFault: (text: string) => void;

  constructor(options: {
    readonly delivery: Pick<EventDelivery, 'deliver' | 'reaches'>;
    readonly onFault: (text: string) => void;
  }) {
    this.#delivery = options.delivery;
    this.#onFault = options.onFault;
  }

  /** Makes a rule. Throws an `Error` at a pattern, input or target that the local run does not know. */
  put(rule: RuleSpecification, where: string): void {
    this.#rules.push({
      name: rule.name,
      arn: rule.arn,
      matches: compilePattern(rule.pattern, `${where}.EventPattern`),
      targets: rule.targets.map(target => {
        if (!this.#delivery.reaches(target.Arn)) {
          throw new Error(
            `${where}.Targets: the local run delivers to queues, topics and functions, not to ${target.Arn}.`,
          );
        }
        return {
          arn: target.Arn,
          deadLetterArn: target.DeadLetterConfig?.Arn,
          makeInput: compileInput(target, `${where}.Targets.${target.Id}`),
        };
      }),
    });
  }

  /** Puts an event on the bus. Resolves once every target has it, or its dead-letter queue. Never rejects. */
  async publish(event: BusEvent): Promise<void> {
    const rules = this.#rules.filter(({ matches }) => matches(event));
    await Promise.all(rules.flatMap(rule => rule.targets.map(target => this.#send(event, rule, target))));
  }

  async #send(event: BusEvent, rule: Rule, target: Rule['targets'][number]): Promise<void> {
    try {
      await this.#delivery.deliver(target.arn, target.makeInput(event, rule), eventBridge);
    } catch (error) {
      this.#onFault(`rule ${rule.name} did not reach ${target.arn}: ${String(error)}`);
      if (target.deadLetterArn === undefined) return;
      // EventBridge keeps the event as it came, not what the transformer made of it.
      await this.#delivery
        .deliver(target.deadLetterArn, JSON.stringify(event), eventBridge)
        .catch((lost: unknown) => this.#onFault(`rule ${rule.name} lost an event: ${String(lost)}`));
    }
  }
}
