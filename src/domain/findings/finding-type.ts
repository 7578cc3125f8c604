/**
 * A finding's type in its parts, `ThreatPurpose:ResourceTypeAffected/ThreatFamilyName.DetectionMechanism!Artifact`;
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-format.html
 */
export interface FindingType {
  /** `Backdoor`, `UnauthorizedAccess`, `AttackSequence`… */
  readonly purpose: string;
  /** `EC2`, `IAMUser`, `S3`, `Runtime`… */
  readonly resource: string;
  /** `C&CActivity`, `SSHBruteForce`… */
  readonly family: string;
  /** `B`, `Custom`, `Reputation`… */
  readonly mechanism?: string;
  /** `DNS`, `Snapshot`… */
  readonly artifact?: string;
}

const word = '[A-Za-z0-9&_-]+';

/** Wider than what is documented: a type of tomorrow is routed and flagged, not refused. */
const grammar = new RegExp(
  `^(?<purpose>[A-Za-z][A-Za-z0-9_-]*):(?<resource>[A-Za-z][A-Za-z0-9_-]*)/(?<family>${word})(?:\\.(?<mechanism>${word}(?:\\.${word})*))?(?:!(?<artifact>${word}))?$`,
);

/** The longest that is documented has 78 characters. */
const maximumLength = 200;

/** The parts of a type; `undefined` where the text is none. */
export function parseFindingType(text: string): FindingType | undefined {
  const groups = text.length <= maximumLength ? grammar.exec(text)?.groups : undefined;
  const { purpose, resource, family, mechanism, artifact } = groups ?? {};
  if (purpose === undefined || resource === undefined || family === undefined) return undefined;
  return {
    purpose,
    resource,
    family,
    ...(mechanism === undefined ? {} : { mechanism }),
    ...(artifact === undefined ? {} : { artifact }),
  };
}
