import { isIP } from 'node:net';
import type { S3KeyQuestion, S3Permissions, S3Question } from '../s3/s3-permissions.ts';
import { type KeyFacts, keyUse } from './key-use.ts';
import type { Permissions } from './permissions.ts';

/** Judges what the local S3 asks by the policies of the templates, and by the bucket policy as it stands now. */
export class LocalS3Permissions implements S3Permissions {
  readonly #permissions: Permissions;
  readonly #facts: KeyFacts;

  constructor(permissions: Permissions, facts: KeyFacts) {
    this.#permissions = permissions;
    this.#facts = facts;
  }

  async ask({ caller, action, resource, context, policy }: S3Question): Promise<string | undefined> {
    const { accountId } = this.#facts;
    const needed = {
      action,
      resource,
      context: { 's3:ResourceAccount': accountId, ...context },
      ...(policy === undefined ? {} : { resourcePolicy: policy.document }),
    };
    const denial = await this.#permissions.ask(caller.accessKeyId, [needed], originOf(caller));
    return denial?.message;
  }

  async askKey({ caller, kmsKeyId, actions, encryptedArn }: S3KeyQuestion): Promise<string | undefined> {
    const needed = keyUse(this.#facts, {
      keyId: kmsKeyId,
      service: 's3',
      actions,
      encryptionContext: { 'aws:s3:arn': encryptedArn },
    });
    const denial = await this.#permissions.ask(caller.accessKeyId, needed, originOf(caller));
    return denial?.message;
  }
}

/** S3 itself comes from no address. */
function originOf({ sourceIpAddress }: S3Question['caller']): { readonly sourceIp?: string } {
  return isIP(sourceIpAddress) === 0 ? {} : { sourceIp: sourceIpAddress };
}
