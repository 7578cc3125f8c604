import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import { grantToPrincipal } from './grant-to-principal.ts';
import { pinLogicalId } from './pin-logical-id.ts';

/** Another way to the rows: the index is sparse, a row without both keys does not stand in it. */
export interface TableIndex {
  readonly name: string;
  /** Name of the partition key, a string. */
  readonly partitionKey: string;
  /** Name of the sort key, a string. */
  readonly sortKey: string;
  /** Attributes that the index gives beside its keys and the table's; none for these alone. */
  readonly attributes: readonly string[];
}

export interface EncryptedTableProps {
  /** What the rows are, for example `uploads`: part of the name. */
  readonly purpose: string;
  readonly environmentName: string;
  readonly logicalId: string;
  readonly encryptionKey: CustomerManagedKey;
  /** Name of the partition key, a string. */
  readonly partitionKey: string;
  /** Name of the sort key, a string. @default - the partition key alone names a row */
  readonly sortKey?: string;
  /** @default - none */
  readonly indexes?: readonly TableIndex[];
  /** Attribute with the second, since 1970, after which DynamoDB drops a row. @default - rows stay */
  readonly timeToLiveAttribute?: string;
  /**
   * Refuse to delete the table, by the stack or by hand.
   * @default true
   */
  readonly deletionProtection?: boolean;
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/** What the key must allow a caller of a table under a customer-managed key (DynamoDB encryption at rest, usage notes). */
const tableKeyActions = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** A table of string keys, billed on demand, under a customer-managed key, restorable to any second of 35 days. */
export class EncryptedTable extends Construct {
  readonly table: Table;
  readonly encryptionKey: CustomerManagedKey;
  private readonly indexNames: readonly string[];

  constructor(scope: Construct, id: string, props: EncryptedTableProps) {
    super(scope, id);
    this.encryptionKey = props.encryptionKey;
    this.indexNames = (props.indexes ?? []).map(({ name }) => name);
    this.table = new Table(this, 'Table', {
      tableName: `sallyport-${props.purpose}-${props.environmentName}`,
      partitionKey: { name: props.partitionKey, type: AttributeType.STRING },
      ...(props.sortKey === undefined
        ? {}
        : { sortKey: { name: props.sortKey, type: AttributeType.STRING } }),
      timeToLiveAttribute: props.timeToLiveAttribute,
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: props.encryptionKey.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.deletionProtection ?? true,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
    pinLogicalId(this.table, props.logicalId);
    for (const { name, partitionKey, sortKey, attributes } of props.indexes ?? []) {
      this.table.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: { name: partitionKey, type: AttributeType.STRING },
        sortKey: { name: sortKey, type: AttributeType.STRING },
        ...(attributes.length === 0
          ? { projectionType: ProjectionType.KEYS_ONLY }
          : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...attributes] }),
      });
    }
  }

  /** Lets a role do the named things with the table's items, not through an index, and use its key through DynamoDB. */
  grantItems(grantee: IGrantable, actions: readonly `dynamodb:${string}`[]): Grant {
    return this.grantOf([this.table.tableArn], grantee, actions);
  }

  /** Lets a role look up rows through the table's indexes, and nowhere else. */
  grantQueryIndexes(grantee: IGrantable): Grant {
    return this.grantOf(this.indexArns, grantee, ['dynamodb:Query']);
  }

  /** Lets a role read the table by key, page by page, and through its indexes; not change it. */
  grantRead(grantee: IGrantable): Grant {
    const read = this.grantItems(grantee, [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:Query',
      'dynamodb:Scan',
    ]);
    if (this.indexNames.length === 0) return read;
    return read.combine(this.grantOf(this.indexArns, grantee, ['dynamodb:Query', 'dynamodb:Scan']));
  }

  private get indexArns(): string[] {
    return this.indexNames.map(name => `${this.table.tableArn}/index/${name}`);
  }

  private grantOf(
    resourceArns: string[],
    grantee: IGrantable,
    actions: readonly `dynamodb:${string}`[],
  ): Grant {
    return grantToPrincipal(this, { grantee, actions, resourceArns }).combine(
      this.encryptionKey.grantThrough(grantee, 'dynamodb', tableKeyActions),
    );
  }
}
