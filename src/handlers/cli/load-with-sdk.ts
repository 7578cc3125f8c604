/**
 * Loads a module of a verb that needs clients of the AWS SDK, which not everybody who has the package has installed.
 * Rejects with an error that says what to install, where any is missing.
 */
export async function loadWithSdk<Loaded>(
  verb: string,
  clients: readonly string[],
  load: () => Promise<Loaded>,
): Promise<Loaded> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const packages = clients.map(client => `@aws-sdk/${client}`).join(' ');
    throw new Error(`${verb} needs the AWS SDK: npm install ${packages}`, { cause: error });
  }
}
