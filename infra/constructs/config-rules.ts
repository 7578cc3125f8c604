import { CfnConfigRule, ManagedRuleIdentifiers } from 'aws-cdk-lib/aws-config';
import { Construct, type IDependable } from 'constructs';

export interface ConfigRulesProps {
  readonly environmentName: string;
  /** What must stand before a rule can be made: recorder and delivery channel. @default - they are there already */
  readonly recorder?: readonly IDependable[];
}

interface ManagedRule {
  readonly identifier: string;
  /** What complies, for the person who reads of what does not. */
  readonly description: string;
}

/** The rules by what stands in their names (AWS Config Developer Guide, "List of AWS Config managed rules"). */
const managedRules = {
  'bucket-encryption': {
    identifier: ManagedRuleIdentifiers.S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED,
    description: 'A bucket encrypts by default, or refuses what is not encrypted.',
  },
  'bucket-kms': {
    identifier: ManagedRuleIdentifiers.S3_DEFAULT_ENCRYPTION_KMS,
    description: 'A bucket encrypts by default under a key of KMS.',
  },
  'bucket-public-read': {
    identifier: ManagedRuleIdentifiers.S3_BUCKET_PUBLIC_READ_PROHIBITED,
    description: 'A bucket cannot be read by the public.',
  },
  'bucket-public-write': {
    identifier: ManagedRuleIdentifiers.S3_BUCKET_PUBLIC_WRITE_PROHIBITED,
    description: 'A bucket cannot be written by the public.',
  },
  'bucket-tls': {
    identifier: ManagedRuleIdentifiers.S3_BUCKET_SSL_REQUESTS_ONLY,
    description: 'A bucket refuses plain HTTP.',
  },
  'table-kms': {
    identifier: ManagedRuleIdentifiers.DYNAMODB_TABLE_ENCRYPTED_KMS,
    description: 'A table is encrypted under a key of KMS.',
  },
  'table-recovery': {
    identifier: ManagedRuleIdentifiers.DYNAMODB_PITR_ENABLED,
    description: 'A table can be restored to any second of the last days.',
  },
  'key-rotation': {
    identifier: ManagedRuleIdentifiers.CMK_BACKING_KEY_ROTATION_ENABLED,
    description: 'A customer-managed key rotates.',
  },
  'key-deletion': {
    identifier: ManagedRuleIdentifiers.KMS_CMK_NOT_SCHEDULED_FOR_DELETION,
    description: 'No customer-managed key is about to be deleted.',
  },
  'topic-kms': {
    identifier: ManagedRuleIdentifiers.SNS_ENCRYPTED_KMS,
    description: 'A topic is encrypted under a key of KMS.',
  },
  'trail-encryption': {
    identifier: ManagedRuleIdentifiers.CLOUD_TRAIL_ENCRYPTION_ENABLED,
    description: 'A trail encrypts its logs under a key of KMS.',
  },
  'trail-validation': {
    identifier: ManagedRuleIdentifiers.CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED,
    description: 'A trail signs digests of its logs.',
  },
  'default-security-group': {
    identifier: ManagedRuleIdentifiers.VPC_DEFAULT_SECURITY_GROUP_CLOSED,
    description: 'The default security group of a VPC lets nothing in or out.',
  },
} as const satisfies Readonly<Record<string, ManagedRule>>;

/** A name that stands in the name of a rule. */
export type ConfigRulePurpose = keyof typeof managedRules;

/** What AWS Config judges the whole account and region by, as often as each rule asks for. */
export class ConfigRules extends Construct {
  /** The rules' names, by purpose. */
  readonly names: Readonly<Record<ConfigRulePurpose, string>>;

  constructor(scope: Construct, id: string, props: ConfigRulesProps) {
    super(scope, id);
    const nameOf = (purpose: string) => `sallyport-${purpose}-${props.environmentName}`;
    const purposes = Object.keys(managedRules) as ConfigRulePurpose[];
    this.names = Object.fromEntries(purposes.map(purpose => [purpose, nameOf(purpose)])) as Record<
      ConfigRulePurpose,
      string
    >;
    for (const purpose of purposes) {
      const { identifier, description } = managedRules[purpose];
      const rule = new CfnConfigRule(this, purpose, {
        configRuleName: this.names[purpose],
        description,
        source: { owner: 'AWS', sourceIdentifier: identifier },
      });
      rule.node.addDependency(...(props.recorder ?? []));
    }
  }
}
