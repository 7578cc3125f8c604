import { translateContainmentFailure } from './containment-failure.ts';

/** A fault after which nobody knows whether the call had its effect, in a shape that the SDK takes for final. */
class UnknownEffectError extends Error {
  override readonly name = 'UnknownEffectError';
  readonly fault: unknown;

  constructor(fault: unknown) {
    super('The call may have had its effect');
    // Not as its `cause`, which the SDK looks into for something to retry.
    this.fault = fault;
  }
}

type Handler = (parameters: unknown) => Promise<unknown>;

interface MiddlewareStack {
  add(
    middleware: (next: Handler) => Handler,
    options: { readonly step: 'finalizeRequest'; readonly priority: 'low'; readonly name: string },
  ): void;
}

/**
 * Keeps the SDK from sending a command again after a fault that may have followed its effect: a second CreateSnapshots
 * takes the snapshots twice, and a second DetachInstances fails because the first did not. What was refused, for load for
 * instance, is sent again as the client is configured to.
 */
export function sentOnce<Sent extends { readonly middlewareStack: object }>(command: Sent): Sent {
  const hold =
    (next: Handler): Handler =>
    async parameters => {
      try {
        return await next(parameters);
      } catch (error) {
        throw isOfUnknownEffect(error) ? new UnknownEffectError(error) : error;
      }
    };
  // The stacks of commands differ in the type of what passes through them, which stays as it is.
  const stack = command.middlewareStack as MiddlewareStack;
  stack.add(hold, { step: 'finalizeRequest', priority: 'low', name: 'sentOnce' });
  return command;
}

/** The fault itself, of what sending a command of {@link sentOnce} threw. */
export function faultOf(error: unknown): unknown {
  return error instanceof UnknownEffectError ? error.fault : error;
}

function isOfUnknownEffect(error: unknown): boolean {
  const { kind } = translateContainmentFailure(error, 'Containment.perform', 'a service');
  return kind === 'retryable' && (statusOf(error) ?? 500) >= 500;
}

function statusOf(error: unknown): number | undefined {
  const { $metadata } = Object(error) as { readonly $metadata?: { readonly httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}
