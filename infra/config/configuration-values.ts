import * as z from 'zod';

export const whole = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum);

/**
 * Parts of text separated by commas, or a list from a program; a part given twice counts once.
 *
 * @param most So many fit into what is made of them.
 */
export const list = <Part extends z.ZodType<string>>(part: Part, fewest = 0, most = 1000) =>
  z.preprocess(
    value =>
      typeof value === 'string'
        ? value
            .split(',')
            .map(text => text.trim())
            .filter(text => text !== '')
        : value,
    z
      .array(part)
      .min(fewest)
      .max(most)
      .transform(parts => [...new Set(parts)]),
  );

export const flag = z.preprocess(
  value => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean(),
);

export const accountId = z.string().regex(/^\d{12}$/, 'must be 12 digits');

export const regionName = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as eu-central-1')
  // Endpoints and service principals have other names there.
  .refine(region => !region.startsWith('cn-'), 'regions in China are not supported');

/** The retention periods CloudWatch Logs offers (PutRetentionPolicy, `retentionInDays`). */
const logRetentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Days for which a log group keeps its lines. */
export const logRetention = z.coerce
  .number()
  .refine(days => logRetentions.includes(days), `must be one of ${logRetentions.join(', ')}`);
