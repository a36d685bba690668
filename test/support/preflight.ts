/** Apache Preflight, a validator of PDF/A-1b that Debian packages with PDFBox: its word is what `conformance` claims. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const jars = ['preflight', 'xmpbox', 'pdfbox2', 'pdfbox2-tools', 'fontbox2', 'commons-logging', 'commons-io'];
/** Of the standard library once, packages of their own since Java 11. */
const oldJars = ['javax.activation', 'jaxb-api'];
const path = (name: string) => `/usr/share/java/${name}.jar`;

/** Why nothing can be validated here; undefined when it can. */
export const preflightMissing: string | undefined =
  hasJava() && ['preflight', ...oldJars].every((name) => existsSync(path(name)))
    ? undefined
    : 'no PDF/A validator on this machine (apt-get install default-jre-headless libpdfbox2-java libjaxb-api-java)';

function hasJava(): boolean {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** What keeps the file from being PDF/A-1b, a line each; empty when it is. @throws when the validator itself does not run. */
export async function faultsOfArchive(file: string): Promise<readonly string[]> {
  const classes = [...jars, ...oldJars].map(path).join(':');
  const args = ['-Xmx512m', '-cp', classes, 'org.apache.pdfbox.preflight.Validator_A1b', file];
  const said = await promisify(execFile)('java', args, { maxBuffer: 64 * 1024 ** 2 }).catch(
    (error: { stdout?: string; stderr?: string }) => ({ stdout: error.stdout ?? '', stderr: error.stderr ?? '' }),
  );
  const lines = `${said.stdout}\n${said.stderr}`.split('\n');
  if (lines.some((line) => line.endsWith('is a valid PDF/A-1b file'))) return [];
  const faults = lines.filter((line) => /^\d+(\.\d+)* : /.test(line));
  if (faults.length === 0) throw new Error(`Preflight did not run: ${lines.join('\n').slice(0, 1000)}`);
  return faults.map((line) => line.slice(0, 200));
}
