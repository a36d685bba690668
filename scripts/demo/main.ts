/** `npm run demo`: one job of each kind against a running farm, as a customer's program would do it. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { connectToFarm, type Farm } from './connect-to-farm.ts';
import { makeClip, makePhoto } from './make-media.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);

/** A job of the demo takes seconds; a busy farm may let it wait. */
const patienceMs = 300_000;

interface Receiver {
  readonly url: string;
  arrived(jobId: string): Promise<string>;
  close(): void;
}

async function startReceiver(secret: string): Promise<Receiver> {
  const verifier = new Webhook(secret);
  const seen = new Map<string, string>();
  const waiting = new Map<string, (type: string) => void>();
  const server = createServer(async (request, response) => {
    const body = await text(request);
    try {
      verifier.verify(body, request.headers as Record<string, string>);
      const event = JSON.parse(body) as { type: string; data: { job: { id: string } } };
      seen.set(event.data.job.id, event.type);
      waiting.get(event.data.job.id)?.(event.type);
      response.writeHead(204).end();
    } catch {
      response.writeHead(400).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/`,
    arrived: (jobId) =>
      new Promise((resolve, reject) => {
        const type = seen.get(jobId);
        if (type !== undefined) return resolve(type);
        const tooLong = () => reject(new Error(`No webhook of ${jobId} came within ${patienceMs / 1000} s.`));
        const timer = setTimeout(tooLong, patienceMs);
        waiting.set(jobId, (arrived) => {
          clearTimeout(timer);
          resolve(arrived);
        });
      }),
    close: () => void server.close(),
  };
}

async function runJob(farm: Farm, receiver: Receiver, title: string, job: Record<string, unknown>): Promise<boolean> {
  const { id } = await farm.submit({ ...job, webhook: { url: receiver.url } });
  const type = await receiver.arrived(id);
  const done = await farm.read(id);
  print(`${done.status === 'succeeded' ? '✓' : '✗'} ${title}: ${id}, webhook ${type} verified`);
  if (done.error !== null) print(`    ${done.error.message}`);
  for (const step of Object.values(done.steps)) {
    for (const output of step.outputs)
      print(`    ${farm.address}${output.url}  ${output.mediaType}  ${output.bytes} bytes`);
  }
  return done.status === 'succeeded';
}

const markdown = '# Demo\n\nA page from *Markdown*, with a list:\n\n1. upload\n2. job\n3. webhook\n';

process.once('uncaughtException', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});

const farm = await connectToFarm(process.env);
print(`Farm at ${farm.address}`);
const receiver = await startReceiver(await farm.webhookSecret());
const photo = await farm.upload('photo.jpg', await makePhoto());
const page = await farm.upload('page.md', Buffer.from(markdown));
const clip = await makeClip();
const results = [
  await runJob(farm, receiver, 'photo → thumbnail', {
    input: photo,
    steps: { thumb: { kind: 'resize', width: 320, height: 320, fit: 'cover', format: 'webp' } },
  }),
  await runJob(farm, receiver, 'Markdown → PDF', { input: page, steps: { book: { kind: 'pdf', layout: 'document' } } }),
];
if (clip === undefined) print('– clip → MP4: skipped, ffmpeg is not installed here');
else {
  const input = await farm.upload('clip.mov', clip);
  results.push(
    await runJob(farm, receiver, 'clip → MP4', { input, steps: { movie: { kind: 'transcode', preset: 'mp4-480p' } } }),
  );
}
receiver.close();
print('Read an output with: curl -H "Authorization: Bearer $KEY" ADDRESS > file');
process.exit(results.every(Boolean) ? 0 : 1);
