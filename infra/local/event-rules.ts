import { compileEventPattern, type EventPattern, isEventPatternError } from 'sallyport';
import type { EventDelivery } from './event-delivery.ts';
import { compileInput, type InputMaker, type TargetInput } from './input-transformer.ts';

/** An event on the default bus. */
export interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: object;
  readonly resources?: readonly string[];
}

/** A rule of the template. */
export interface RuleSpecification {
  readonly name: string;
  readonly arn: string;
  /** A rule has a pattern, a schedule or both. */
  readonly pattern?: unknown;
  /** `rate(24 hours)` or `cron(…)`. */
  readonly schedule?: string | undefined;
  readonly targets: readonly (TargetInput & {
    readonly Id: string;
    readonly Arn: string;
    readonly DeadLetterConfig?: { readonly Arn?: string | undefined } | undefined;
    readonly RoleArn?: string | undefined;
  })[];
}

interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly matches: EventPattern['matches'];
  readonly targets: readonly {
    readonly arn: string;
    readonly deadLetterArn: string | undefined;
    readonly roleArn: string | undefined;
    readonly makeInput: InputMaker;
  }[];
}

/** A rule of the template that AWS would fire by the clock. */
export type ScheduledRule = Pick<Rule, 'name' | 'arn'> & { readonly schedule: string };

const eventBridge = 'events.amazonaws.com';

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html */
const scheduleExpression =
  /^(?:rate\((?:1 (?:minute|hour|day)|(?!1 )[1-9]\d* (?:minutes|hours|days))\)|cron\(\S+(?: \S+){5}\))$/;

/**
 * The rules of EventBridge's default bus. No clock fires a schedule here: its event does, put by hand, `Scheduled Event`
 * of `aws.events` with the rule's ARN among the resources.
 */
export class EventRules {
  readonly #rules: Rule[] = [];
  readonly #scheduled: ScheduledRule[] = [];
  readonly #delivery: Pick<EventDelivery, 'deliver' | 'reaches'>;
  readonly #onFault: (text: string) => void;

  constructor(options: {
    readonly delivery: Pick<EventDelivery, 'deliver' | 'reaches'>;
    readonly onFault: (text: string) => void;
  }) {
    this.#delivery = options.delivery;
    this.#onFault = options.onFault;
  }

  /** The rules with a schedule. */
  get scheduled(): readonly ScheduledRule[] {
    return this.#scheduled;
  }

  /** Makes a rule. Throws an `Error` at a pattern, schedule, input or target that the local run does not know. */
  put(rule: RuleSpecification, where: string): void {
    const { name, arn, schedule } = rule;
    const patterns = [
      ...(rule.pattern === undefined ? [] : [compile(rule.pattern, `${where}.EventPattern`)]),
      ...(schedule === undefined ? [] : [hourOf(arn)]),
    ];
    if (patterns.length === 0) throw new Error(`${where}: a rule has a pattern or a schedule.`);
    if (schedule !== undefined) {
      if (!scheduleExpression.test(schedule)) {
        throw new Error(`${where}.ScheduleExpression: "${schedule}" is no schedule.`);
      }
      this.#scheduled.push({ name, arn, schedule });
    }
    this.#rules.push({
      name,
      arn,
      matches: event => patterns.some(pattern => pattern.matches(event)),
      targets: rule.targets.map(target => {
        if (!this.#delivery.reaches(target.Arn)) {
          throw new Error(
            `${where}.Targets: the local run delivers to queues, topics, functions, state machines and log groups, not to ${target.Arn}.`,
          );
        }
        return {
          arn: target.Arn,
          deadLetterArn: target.DeadLetterConfig?.Arn,
          roleArn: target.RoleArn,
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
    const sender = { principal: eventBridge, sourceArn: rule.arn };
    const { roleArn } = target;
    try {
      const inRole = roleArn === undefined ? sender : { ...sender, roleArn };
      await this.#delivery.deliver(target.arn, target.makeInput(event, rule), inRole);
    } catch (error) {
      this.#onFault(`rule ${rule.name} did not reach ${target.arn}: ${String(error)}`);
      if (target.deadLetterArn === undefined) return;
      // EventBridge keeps the event as it came, not what the transformer made of it.
      await this.#delivery
        .deliver(target.deadLetterArn, JSON.stringify(event), sender)
        .catch((lost: unknown) => this.#onFault(`rule ${rule.name} lost an event: ${String(lost)}`));
    }
  }
}

function compile(pattern: unknown, where: string): EventPattern {
  try {
    return compileEventPattern(pattern);
  } catch (error) {
    throw isEventPatternError(error) ? new Error(`${where}: ${error.message}`, { cause: error }) : error;
  }
}

/** The event that a schedule makes. */
function hourOf(ruleArn: string): EventPattern {
  return compileEventPattern({
    source: ['aws.events'],
    'detail-type': ['Scheduled Event'],
    resources: [ruleArn],
  });
}
