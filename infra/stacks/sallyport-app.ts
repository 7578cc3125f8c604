import { Annotations, App, type AppProps, Tags } from 'aws-cdk-lib';
import { type Configuration, readConfiguration } from '../config/configuration.ts';
import { featureFlags } from '../config/feature-flags.ts';
import { IntakeStack } from './intake-stack.ts';

export interface SallyportAppProps extends Pick<AppProps, 'outdir' | 'context'> {
  /** Folder with one bundle for each function: `<bundles>/<name>/index.mjs`. */
  readonly bundles: string;
}

/** The CDK app of the reference pipeline, under the same feature flags whoever starts it. */
export class SallyportApp extends App {
  readonly configuration: Configuration;
  readonly intakeStack: IntakeStack;

  /** @throws ConfigurationError naming every fault of the context. */
  constructor(props: SallyportAppProps) {
    const { bundles, context, ...appProps } = props;
    super({ ...appProps, context: { ...featureFlags(), ...context }, analyticsReporting: false });
    this.configuration = readConfiguration(this.node.getAllContext());
    const { account, region, environment, retainData, alertEmails } = this.configuration;
    this.intakeStack = new IntakeStack(this, 'IntakeStack', {
      stackName: `sallyport-intake-${environment}`,
      description: `Sallyport ${environment}: secure intake of uploads`,
      configuration: this.configuration,
      bundles,
      env: { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) },
      terminationProtection: retainData,
    });
    if (environment === 'prod' && alertEmails.length === 0) {
      Annotations.of(this.intakeStack).addWarningV2(
        'sallyport:nobodyIsTold',
        'No address in alertEmails: alarms and alerts go to a topic that nobody is subscribed to by this stack.',
      );
    }
    Tags.of(this).add('sallyport:environment', environment);
  }
}
