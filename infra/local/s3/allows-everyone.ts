import * as z from 'zod';

const texts = z.union([z.string().transform(text => [text]), z.array(z.string())]);

const statement = z.looseObject({
  Effect: z.string().optional(),
  Principal: z.union([z.string(), z.record(z.string(), texts)]).optional(),
  NotPrincipal: z.unknown().optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

const policy = z.looseObject({ Statement: z.union([statement.transform(one => [one]), z.array(statement)]) });

/**
 * Keys that, held to fixed values, make a statement not public ("The meaning of public",
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html).
 */
const narrowingKeys = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceip',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
]);

/** Operators that hold a key to values; the others (`…Not…`, `Null`, `…IfExists`) leave a way past it. */
const holdingOperator = /^(ForAnyValue:)?(String(Equals|Like|EqualsIgnoreCase)|Arn(Equals|Like)|IpAddress)$/i;

/** Whether a policy document allows something to everyone; one that cannot be read counts as if it did. */
export function allowsEveryone(document: unknown): boolean {
  const read = policy.safeParse(document);
  if (!read.success) return true;
  return read.data.Statement.some(
    each => each.Effect === 'Allow' && namesEveryone(each) && !isNarrowed(each.Condition ?? {}),
  );
}

function namesEveryone({ Principal, NotPrincipal }: z.infer<typeof statement>): boolean {
  if (NotPrincipal !== undefined || Principal === '*') return true;
  return typeof Principal === 'object' && Object.values(Principal).some(names => names.includes('*'));
}

function isNarrowed(condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>): boolean {
  return Object.entries(condition).some(
    ([operator, keys]) =>
      holdingOperator.test(operator) &&
      Object.entries(keys).some(([key, values]) => narrowingKeys.has(key.toLowerCase()) && isFixed(values)),
  );
}

/** A network of everyone's addresses is no fixed value, and neither is a pattern. */
function isFixed(values: unknown): boolean {
  const { success, data } = texts.safeParse(values);
  return success && data.length > 0 && data.every(value => !/[*?]|\$\{|\/0$/.test(value));
}
