// The program behind FakeCommands: connects to the socket in its first argument, tells how it was started, obeys.
import { spawn } from 'node:child_process';
import { closeSync, fstatSync, readFileSync, writeSync } from 'node:fs';
import { connect } from 'node:net';

const [socketPath, name, ...args] = process.argv.slice(2);
const socket = connect(socketPath);
const tell = (event) => socket.write(`${JSON.stringify(event)}\n`);

/** Blocking and complete: what was written is in the pipe before the order is confirmed. */
function writeAll(fd, bytes) {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

/** File types of the descriptors 0 to 9 that are open. */
function descriptors() {
  const open = {};
  for (let fd = 0; fd < 10; fd++) {
    try {
      const stat = fstatSync(fd);
      open[fd] = stat.isFIFO() ? 'fifo' : stat.isFile() ? 'file' : stat.isSocket() ? 'socket' : 'other';
    } catch {
      // Closed.
    }
  }
  return open;
}

const orders = {
  write: ({ fd, base64 }) => writeAll(fd, Buffer.from(base64, 'base64')),
  readStdin: () => ({ base64: readFileSync(0).toString('base64') }),
  ignore: ({ signal }) => {
    process.removeAllListeners(signal);
    process.on(signal, () => tell({ event: 'signal', signal }));
  },
  child: ({ args: childArgs, newSession, keepOutput }) => {
    const output = keepOutput ? 'inherit' : 'ignore';
    spawn(process.execPath, [process.argv[1], socketPath, ...childArgs], {
      stdio: ['ignore', output, output],
      detached: newSession,
    }).unref();
  },
  closeOutput: () => [1, 2].forEach((fd) => closeSync(fd)),
  exit: ({ status }) => process.exit(status),
  raise: ({ signal }) => process.kill(process.pid, signal),
};

let buffered = '';
socket.setEncoding('utf8');
socket.on('connect', () => {
  const open = descriptors();
  tell({
    event: 'started',
    name,
    args,
    pid: process.pid,
    cwd: process.cwd(),
    environment: process.env,
    open,
  });
});
socket.on('data', (text) => {
  buffered += text;
  for (let end; (end = buffered.indexOf('\n')) >= 0;) {
    const order = JSON.parse(buffered.slice(0, end));
    buffered = buffered.slice(end + 1);
    tell({ event: 'done', id: order.id, result: orders[order.order](order) ?? null });
  }
});
// The test is over: no fake command outlives it.
socket.on('close', () => process.exit(97));
socket.on('error', () => process.exit(98));
