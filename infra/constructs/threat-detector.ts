import { CfnDetector } from 'aws-cdk-lib/aws-guardduty';
import { Construct } from 'constructs';
import { pinLogicalId } from './pin-logical-id.ts';

export interface ThreatDetectorProps {
  /** Minutes until a finding that recurs is published anew: 15, 60 or 360. @default 15 */
  readonly publishingMinutes?: number;
  /** Names of features that are switched on. @default - those that GuardDuty switches on by itself */
  readonly features?: readonly string[];
}

/** GuardDuty's names for them (API Reference, CreateDetector). */
const frequencies = new Map([
  [15, 'FIFTEEN_MINUTES'],
  [60, 'ONE_HOUR'],
  [360, 'SIX_HOURS'],
]);

/** GuardDuty's detector, of which an account has one in a region. Its findings are answered by `FindingResponse`. */
export class ThreatDetector extends Construct {
  readonly detector: CfnDetector;

  constructor(scope: Construct, id: string, props: ThreatDetectorProps = {}) {
    super(scope, id);
    const { publishingMinutes = 15, features = [] } = props;
    const findingPublishingFrequency = frequencies.get(publishingMinutes);
    if (findingPublishingFrequency === undefined) {
      throw new Error(
        `${this.node.path}: publishingMinutes is ${publishingMinutes}; GuardDuty takes ${[...frequencies.keys()].join(', ')}.`,
      );
    }
    this.detector = new CfnDetector(this, 'Detector', {
      enable: true,
      findingPublishingFrequency,
      ...(features.length === 0 ? {} : { features: features.map(name => ({ name, status: 'ENABLED' })) }),
    });
    pinLogicalId(this.detector, 'ThreatDetector');
  }
}
