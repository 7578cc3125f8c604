import { Annotations, App, type AppProps, Stack, Tags } from 'aws-cdk-lib';
import {
  CompliancePolicyError,
  readCompliancePolicyFile,
} from '../../src/handlers/read-compliance-policy.env.ts';
import { readTrailRules, TrailRulesError } from '../../src/handlers/read-trail-rules.env.ts';
import { type Configuration, ConfigurationError, readConfiguration } from '../config/configuration.ts';
import { featureFlags } from '../config/feature-flags.ts';
import { boundRoles } from '../constructs/bound-roles.ts';
import { BackupStack } from './backup-stack.ts';
import { ComplianceLogsStack } from './compliance-logs-stack.ts';
import { ComplianceReaderStack } from './compliance-reader-stack.ts';
import { ComplianceStack } from './compliance-stack.ts';
import { DocumentApiStack } from './document-api-stack.ts';
import { FindingsStack } from './findings-stack.ts';
import { IntakeStack } from './intake-stack.ts';
import { NetworkStack } from './network-stack.ts';
import { ObservabilityStack } from './observability-stack.ts';
import { ProcessingStack } from './processing-stack.ts';
import { RecordsStack } from './records-stack.ts';
import { SecurityMonitoringStack } from './security-monitoring-stack.ts';
import { globalEventsRegion, TrailGlobalEventsStack } from './trail-global-events-stack.ts';
import { TrailStack } from './trail-stack.ts';

export interface SallyportAppProps extends Pick<AppProps, 'outdir' | 'context'> {
  /** Folder with one bundle for each function: `<bundles>/<name>/index.mjs`. */
  readonly bundles: string;
}

/** The CDK app of the reference pipeline, under the same feature flags whoever starts it. */
export class SallyportApp extends App {
  readonly configuration: Configuration;
  /** Absent without `createNetwork`. */
  readonly networkStack: NetworkStack | undefined;
  readonly complianceLogsStack: ComplianceLogsStack;
  readonly processingStack: ProcessingStack;
  readonly intakeStack: IntakeStack;
  readonly trailStack: TrailStack;
  /** In the region of global services; absent where that is the deployment's, or where events are not judged. */
  readonly trailGlobalEventsStack: TrailGlobalEventsStack | undefined;
  readonly documentApiStack: DocumentApiStack;
  readonly recordsStack: RecordsStack;
  readonly complianceStack: ComplianceStack;
  /** For the other accounts of `scanAccounts`; absent where there are none. */
  readonly complianceReaderStack: ComplianceReaderStack | undefined;
  readonly findingsStack: FindingsStack;
  /** Absent where every part of it is switched off. */
  readonly securityMonitoringStack: SecurityMonitoringStack | undefined;
  /** Absent without `backupPlan`. */
  readonly backupStack: BackupStack | undefined;
  readonly observabilityStack: ObservabilityStack;

  /** @throws ConfigurationError naming every fault of the context, or of a file of rules or a policy that it names. */
  constructor(props: SallyportAppProps) {
    const { bundles, context, ...appProps } = props;
    super({ ...appProps, context: { ...featureFlags(), ...context }, analyticsReporting: false });
    this.configuration = readConfiguration(this.node.getAllContext());
    const { account, region, environment, retainData, alertEmails } = this.configuration;
    checkFiles(this.configuration);
    const shared = {
      configuration: this.configuration,
      bundles,
      env: { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) },
      terminationProtection: retainData,
    };
    if (this.configuration.createNetwork) {
      this.networkStack = new NetworkStack(this, 'NetworkStack', {
        ...shared,
        stackName: `sallyport-network-${environment}`,
        description: `Sallyport ${environment}: network of the functions`,
      });
    }
    const network = this.networkStack?.network;
    this.complianceLogsStack = new ComplianceLogsStack(this, 'ComplianceLogsStack', {
      ...shared,
      stackName: `sallyport-compliance-logs-${environment}`,
      description: `Sallyport ${environment}: verdicts and reports`,
    });
    const complianceLogs = this.complianceLogsStack.compliance.logs;
    this.processingStack = new ProcessingStack(this, 'ProcessingStack', {
      ...shared,
      network,
      complianceLogs,
      stackName: `sallyport-processing-${environment}`,
      description: `Sallyport ${environment}: documents judged, delivered or quarantined`,
    });
    this.intakeStack = new IntakeStack(this, 'IntakeStack', {
      ...shared,
      network,
      replicateTo: this.processingStack.processing.internalProcessing,
      delivery: this.processingStack.processing.delivery,
      stackName: `sallyport-intake-${environment}`,
      description: `Sallyport ${environment}: secure intake of uploads`,
    });
    this.trailStack = new TrailStack(this, 'TrailStack', {
      ...shared,
      network,
      stackName: `sallyport-trail-${environment}`,
      description: `Sallyport ${environment}: CloudTrail analyzer`,
    });
    this.trailGlobalEventsStack = this.globalEventsStack();
    this.documentApiStack = new DocumentApiStack(this, 'DocumentApiStack', {
      ...shared,
      network,
      stackName: `sallyport-document-api-${environment}`,
      description: `Sallyport ${environment}: document API`,
    });
    this.recordsStack = new RecordsStack(this, 'RecordsStack', {
      ...shared,
      network,
      complianceLogs,
      stackName: `sallyport-records-${environment}`,
      description: `Sallyport ${environment}: ingestion of JSON records`,
    });
    this.complianceStack = new ComplianceStack(this, 'ComplianceStack', {
      ...shared,
      complianceLogs,
      stackName: `sallyport-compliance-${environment}`,
      description: `Sallyport ${environment}: compliance scans`,
    });
    this.complianceReaderStack = this.readerStack();
    this.findingsStack = new FindingsStack(this, 'FindingsStack', {
      ...shared,
      stackName: `sallyport-findings-${environment}`,
      description: `Sallyport ${environment}: response to findings of GuardDuty`,
    });
    const { createConfigRecorder, configRules, createThreatDetector, backupPlan } = this.configuration;
    if (createConfigRecorder || configRules || createThreatDetector) {
      this.securityMonitoringStack = new SecurityMonitoringStack(this, 'SecurityMonitoringStack', {
        ...shared,
        stackName: `sallyport-security-monitoring-${environment}`,
        description: `Sallyport ${environment}: AWS Config and GuardDuty`,
      });
    }
    if (backupPlan) {
      this.backupStack = new BackupStack(this, 'BackupStack', {
        ...shared,
        stackName: `sallyport-backup-${environment}`,
        description: `Sallyport ${environment}: backups of tables and evidence`,
      });
    }
    // After all others of this account and region: it watches those that stand by now.
    const elsewhere: readonly (Stack | undefined)[] = [
      this.complianceReaderStack,
      this.trailGlobalEventsStack,
    ];
    this.observabilityStack = new ObservabilityStack(this, 'ObservabilityStack', {
      ...shared,
      watched: this.node.children
        .filter(child => child instanceof Stack)
        .filter(it => !elsewhere.includes(it)),
      stackName: `sallyport-observability-${environment}`,
      description: `Sallyport ${environment}: health, dashboard and queries of the whole pipeline`,
    });
    const alerting = [
      this.processingStack,
      this.intakeStack,
      this.trailStack,
      this.documentApiStack,
      this.recordsStack,
      this.complianceStack,
      this.findingsStack,
      ...(this.securityMonitoringStack?.monitoring.alerts === undefined
        ? []
        : [this.securityMonitoringStack]),
      ...(this.backupStack === undefined ? [] : [this.backupStack]),
      this.observabilityStack,
    ];
    if (environment === 'prod' && alertEmails.length === 0) {
      for (const stack of alerting) {
        Annotations.of(stack).addWarningV2(
          'sallyport:nobodyIsTold',
          'No address in alertEmails: alarms and alerts go to a topic that nobody is subscribed to by this stack.',
        );
      }
    }
    network?.addEndpoints();
    Tags.of(this).add('sallyport:environment', environment);
    boundRoles(this, this.configuration.permissionsBoundary);
  }

  private globalEventsStack(): TrailGlobalEventsStack | undefined {
    const { account, region, environment, retainData, trailGlobalEvents } = this.configuration;
    const { eventRules } = this.trailStack.analysis;
    if (eventRules === undefined || !trailGlobalEvents) return undefined;
    if (region === undefined) {
      Annotations.of(this.trailStack).addWarningV2(
        'sallyport:globalEventsUnheard',
        'Without the option region, nothing brings the events of global services here at once: calls of IAM and many sign-ins are heard of by the log files alone, minutes later. Give -c region=…, or -c trailGlobalEvents=false where that is meant.',
      );
      return undefined;
    }
    const globalRegion = globalEventsRegion(region);
    if (region === globalRegion) return undefined;
    return new TrailGlobalEventsStack(this, 'TrailGlobalEventsStack', {
      environmentName: environment,
      homeRegion: region,
      eventPattern: eventRules.rule.eventPattern,
      env: { ...(account === undefined ? {} : { account }), region: globalRegion },
      terminationProtection: retainData,
      stackName: `sallyport-trail-global-events-${environment}`,
      description: `Sallyport ${environment}: events of global services, for the CloudTrail analyzer`,
    });
  }

  private readerStack(): ComplianceReaderStack | undefined {
    const { account, environment, scanAccounts, scanRoleName, securityHub } = this.configuration;
    if (account === undefined || scanAccounts.every(scanned => scanned === account)) return undefined;
    return new ComplianceReaderStack(this, 'ComplianceReaderStack', {
      environmentName: environment,
      scannerAccount: account,
      roleName: scanRoleName,
      securityHub,
      stackName: `sallyport-compliance-reader-${environment}`,
      description: `Sallyport ${environment}: read by the compliance scanner of account ${account}`,
    });
  }
}

/** What a function could not use is refused here, and not by its first invocation. */
function checkFiles({ trailRules, compliancePolicy }: Configuration): void {
  const folder = process.cwd();
  const faults = [
    ...faultsOf('trailRules', TrailRulesError, () => readTrailRules(trailRules, folder)),
    ...faultsOf('compliancePolicy', CompliancePolicyError, () =>
      readCompliancePolicyFile(compliancePolicy, folder),
    ),
  ];
  if (faults.length > 0) throw new ConfigurationError(faults);
}

/** The faults, named for the value that names the file, with which reading it ends; none where it can be used. */
function faultsOf(
  name: string,
  kind: new (faults: string[]) => { readonly faults: readonly string[] },
  read: () => unknown,
): string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof kind)) throw error;
    return error.faults.map(fault => `${name}: ${fault}`);
  }
}
