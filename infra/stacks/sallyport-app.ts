import { Annotations, App, type AppProps, Tags } from 'aws-cdk-lib';
import { readTrailRules, TrailRulesError } from '../../src/handlers/read-trail-rules.env.ts';
import { type Configuration, ConfigurationError, readConfiguration } from '../config/configuration.ts';
import { featureFlags } from '../config/feature-flags.ts';
import { ComplianceLogsStack } from './compliance-logs-stack.ts';
import { DocumentApiStack } from './document-api-stack.ts';
import { IntakeStack } from './intake-stack.ts';
import { ProcessingStack } from './processing-stack.ts';
import { RecordsStack } from './records-stack.ts';
import { TrailStack } from './trail-stack.ts';

export interface SallyportAppProps extends Pick<AppProps, 'outdir' | 'context'> {
  /** Folder with one bundle for each function: `<bundles>/<name>/index.mjs`. */
  readonly bundles: string;
}

/** The CDK app of the reference pipeline, under the same feature flags whoever starts it. */
export class SallyportApp extends App {
  readonly configuration: Configuration;
  readonly complianceLogsStack: ComplianceLogsStack;
  readonly processingStack: ProcessingStack;
  readonly intakeStack: IntakeStack;
  readonly trailStack: TrailStack;
  readonly documentApiStack: DocumentApiStack;
  readonly recordsStack: RecordsStack;

  /** @throws ConfigurationError naming every fault of the context, or of the rules file that it names. */
  constructor(props: SallyportAppProps) {
    const { bundles, context, ...appProps } = props;
    super({ ...appProps, context: { ...featureFlags(), ...context }, analyticsReporting: false });
    this.configuration = readConfiguration(this.node.getAllContext());
    const { account, region, environment, retainData, alertEmails, trailRules } = this.configuration;
    checkTrailRules(trailRules);
    const shared = {
      configuration: this.configuration,
      bundles,
      env: { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) },
      terminationProtection: retainData,
    };
    this.complianceLogsStack = new ComplianceLogsStack(this, 'ComplianceLogsStack', {
      ...shared,
      stackName: `sallyport-compliance-logs-${environment}`,
      description: `Sallyport ${environment}: verdicts and reports`,
    });
    const complianceLogs = this.complianceLogsStack.compliance.logs;
    this.processingStack = new ProcessingStack(this, 'ProcessingStack', {
      ...shared,
      complianceLogs,
      stackName: `sallyport-processing-${environment}`,
      description: `Sallyport ${environment}: documents judged, delivered or quarantined`,
    });
    this.intakeStack = new IntakeStack(this, 'IntakeStack', {
      ...shared,
      replicateTo: this.processingStack.processing.internalProcessing,
      stackName: `sallyport-intake-${environment}`,
      description: `Sallyport ${environment}: secure intake of uploads`,
    });
    this.trailStack = new TrailStack(this, 'TrailStack', {
      ...shared,
      stackName: `sallyport-trail-${environment}`,
      description: `Sallyport ${environment}: CloudTrail analyzer`,
    });
    this.documentApiStack = new DocumentApiStack(this, 'DocumentApiStack', {
      ...shared,
      stackName: `sallyport-document-api-${environment}`,
      description: `Sallyport ${environment}: document API`,
    });
    this.recordsStack = new RecordsStack(this, 'RecordsStack', {
      ...shared,
      complianceLogs,
      stackName: `sallyport-records-${environment}`,
      description: `Sallyport ${environment}: ingestion of JSON records`,
    });
    const alerting = [
      this.processingStack,
      this.intakeStack,
      this.trailStack,
      this.documentApiStack,
      this.recordsStack,
    ];
    if (environment === 'prod' && alertEmails.length === 0) {
      for (const stack of alerting) {
        Annotations.of(stack).addWarningV2(
          'sallyport:nobodyIsTold',
          'No address in alertEmails: alarms and alerts go to a topic that nobody is subscribed to by this stack.',
        );
      }
    }
    Tags.of(this).add('sallyport:environment', environment);
  }
}

/** What the analyzer could not use is refused here, and not by its first invocation. */
function checkTrailRules(source: string): void {
  try {
    readTrailRules(source, process.cwd());
  } catch (error) {
    if (!(error instanceof TrailRulesError)) throw error;
    throw new ConfigurationError(error.faults.map(fault => `trailRules: ${fault}`));
  }
}
