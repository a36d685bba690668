/** The programs and servers the tests use: installed on Debian and Ubuntu as root, named in one line elsewhere. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A tool is there when one of its programs is on the PATH; a font has no program, so its package is asked for. */
const tools = [
  { package: 'ffmpeg', programs: ['ffmpeg', 'ffprobe'] },
  { package: 'rabbitmq-server', programs: ['rabbitmq-server'] },
  { package: 'ceph-mon', programs: ['ceph-mon'] },
  { package: 'ceph-osd', programs: ['ceph-osd'] },
  { package: 'radosgw', programs: ['radosgw'] },
  { package: 'ceph-common', programs: ['ceph'] },
  { package: 'poppler-utils', programs: ['pdftoppm', 'pdftotext'] },
  { package: 'qpdf', programs: ['qpdf'] },
  { package: 'default-jre-headless', programs: ['java'] },
  { package: 'libpdfbox2-java' },
  { package: 'libjaxb-api-java' },
  { package: 'fonts-noto-core' },
  { package: 'fonts-noto-cjk' },
  { package: 'fonts-noto-color-emoji' },
  {
    package: 'chromium',
    programs: ['chromium'],
    others: ['chromium-browser', 'google-chrome', 'google-chrome-stable'],
  },
];

export function installTools() {
  const missing = tools.filter((tool) => !isPresent(tool)).map((tool) => tool.package);
  if (missing.length === 0) return;
  const byApt = existsSync('/etc/debian_version') && findProgram('apt-get');
  if (byApt && process.getuid() === 0) return aptInstall(missing);
  const how = byApt ? `sudo apt-get install --no-install-recommends ${missing.join(' ')}` : missing.join(', ');
  end(byApt ? `Missing for the tests; run: ${how}` : `Install for the tests (Debian's package names): ${how}`);
}

function isPresent({ package: name, programs, others = [] }) {
  if (programs) return programs.every(findProgram) || others.some(findProgram);
  if (!findProgram('dpkg-query')) return true;
  const { stdout } = spawnSync('dpkg-query', ['-s', name], { encoding: 'utf8' });
  return stdout.includes('\nStatus: install ok installed\n');
}

function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function aptInstall(missing) {
  process.stderr.write(`Installing ${missing.join(' ')} …\n`);
  const allowServices = forbidServices();
  try {
    // Package lists may be absent (containers) or point to files that are gone; only then they are fetched.
    if (hasLists() && apt(['install', ...missing])) return;
    if (apt(['update']) && apt(['install', ...missing])) return;
  } finally {
    allowServices();
  }
  end(`apt-get could not install ${missing.join(' ')}; its messages are above.`);
}

function hasLists() {
  return (
    existsSync('/var/lib/apt/lists') && readdirSync('/var/lib/apt/lists').some((file) => file.includes('_Packages'))
  );
}

function apt([verb, ...packages]) {
  const flags = ['-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  return spawnSync('apt-get', [...flags, verb, ...packages], { stdio: ['ignore', 2, 2], env }).status === 0;
}

/**
 * Packages of servers start them at once as system services; the tests start their own. Debian asks this file first
 * (invoke-rc.d(8): 101 = forbidden). One that is there already belongs to somebody else and stays.
 */
function forbidServices() {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return () => undefined;
  const remove = () => rmSync(policy, { force: true });
  process.once('exit', remove);
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return remove;
}

function end(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
