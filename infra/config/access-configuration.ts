import * as z from 'zod';
import { flag, list, logRetention, whole } from './configuration-values.ts';
import { misplacedArns, type Place } from './misplaced-arns.ts';
import { addressRangeFault } from './public-address-range.ts';

/** A policy's name with its path, or its ARN (IAM API Reference, CreatePolicy). */
const boundaryName = /^(?:arn:aws[a-z-]*:iam::(?:aws|\d{12}):policy\/)?(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,128}$/;

/** Who may reach the pipeline, and how far its roles may go. */
export const accessConfiguration = {
  /** Put a web ACL of AWS WAF before the document API. It costs by the month and by the request. */
  documentApiWebAcl: flag.default(true),
  /** ARN of a regional web ACL that is there already, before the document API in place of one of its own. */
  existingWebAclArn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[\w-]{1,128}\/[\w-]{1,36}$/,
      'must be the ARN of a regional web ACL',
    )
    .optional(),
  /**
   * Requests in 5 minutes from which on the web ACL refuses an address, until it asks for less. The default is what one
   * API key may ask in a day; clients behind one address count together.
   */
  documentApiAddressLimit: whole(10, 2_000_000_000).default(10_000),
  /** Days for which calls that change the document API itself are kept; one of the periods CloudWatch Logs offers. */
  documentApiChangeRetentionDays: logRetention.default(30),
  /**
   * Who may become the third party, which puts uploads and gets deliveries: a role of another account by its ARN, or the
   * account, whose administrators then choose. Together with thirdPartyExternalId and thirdPartyAddresses, or not at all.
   */
  thirdPartyPrincipal: z
    .string()
    .regex(
      /^(?:\d{12}|arn:aws[a-z-]*:iam::\d{12}:(?:root|role\/[\w+=,.@/-]{1,576}))$/,
      'must be an account, 12 digits, or the ARN of an account or of a role',
    )
    .optional(),
  /** What the third party says when it assumes its role, 2 to 1224 characters: your name for it, given to nobody else. */
  thirdPartyExternalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'must be 2 to 1224 letters, digits or _ + = , . @ : / -')
    .optional(),
  /**
   * Ranges of the public addresses that the third party calls from, for example `203.0.113.0/24`, or IPv6. One statement
   * of its role's policy names them all, and has room for 100.
   */
  thirdPartyAddresses: list(
    z.string().superRefine((text, { addIssue }) => {
      const fault = addressRangeFault(text);
      if (fault !== undefined) addIssue(fault);
    }),
    0,
    100,
  ).default([]),
  /**
   * Managed policy that bounds what each role of the deployment can ever be allowed: its name, with its path if it has
   * one, or its ARN. It must be there in every account that a stack is deployed to.
   */
  permissionsBoundary: z
    .string()
    .regex(boundaryName, 'must be the name of a managed policy, or its ARN')
    .optional(),
};

export type AccessConfiguration = z.output<z.ZodObject<typeof accessConfiguration>>;

/** Choices that contradict each other, or the place that is deployed to, one line each. */
export function accessFaults(context: AccessConfiguration & Place): string[] {
  const { existingWebAclArn, thirdPartyPrincipal, permissionsBoundary } = context;
  const given = (arn: string | undefined) => (arn === undefined ? [] : [arn]);
  return [
    ...webAclFaults(context),
    ...misplacedArns('existingWebAclArn', given(existingWebAclArn), context, [
      'partition',
      'region',
      'account',
    ]),
    ...thirdPartyFaults(context),
    ...misplacedArns('thirdPartyPrincipal', given(thirdPartyPrincipal), context, ['partition']),
    // A role is bounded by a policy of its own account, or of AWS (IAM User Guide, "Permissions boundaries").
    ...misplacedArns('permissionsBoundary', given(permissionsBoundary), context, ['partition', 'account']),
  ];
}

function webAclFaults({ documentApiWebAcl, existingWebAclArn }: AccessConfiguration): string[] {
  if (documentApiWebAcl || existingWebAclArn === undefined) return [];
  return [
    'existingWebAclArn: is put before the document API, which documentApiWebAcl=false leaves without one',
  ];
}

function thirdPartyFaults(context: AccessConfiguration): string[] {
  const given = {
    thirdPartyPrincipal: context.thirdPartyPrincipal !== undefined,
    thirdPartyExternalId: context.thirdPartyExternalId !== undefined,
    thirdPartyAddresses: context.thirdPartyAddresses.length > 0,
  };
  const missing = Object.entries(given).flatMap(([name, isGiven]) => (isGiven ? [] : [name]));
  if (missing.length === 0 || missing.length === Object.keys(given).length) return [];
  return missing.map(
    name => `${name}: a third party takes all of ${Object.keys(given).join(', ')}, or none of them`,
  );
}
