const wanted = { major: 20, minor: 19 };

/** Ends the process with one clear line on a Node that is too old. Written so that old ones can read it. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > wanted.major || (major === wanted.major && minor >= wanted.minor)) return;
  process.stderr.write(
    `mediafarm needs Node ${wanted.major}.${wanted.minor} or newer; this is ${process.version}. Get one at https://nodejs.org.\n`,
  );
  process.exit(1);
}
