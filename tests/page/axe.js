// Holds HTML pages against axe-core in headless Chromium: node axe.js AXE.js WIDTH SCHEME PAGE...
// Prints one line of JSON per page: {page, wide, violations}. Chromium is spoken to through a pipe, so
// that it needs neither a port nor the network.
'use strict';
const {spawn} = require('child_process');
const fs = require('fs');

class Browser {
  constructor(program) {
    this.process = spawn(program, ['--headless', '--no-sandbox', '--disable-gpu',
                                   '--disable-background-networking', '--remote-debugging-pipe'],
                         {stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']});
    this.waiting = new Map();
    this.last = 0;
    this.rest = '';
    this.events = new Map();
    this.process.stdio[4].on('data', (piece) => this.receive(piece));
  }

  receive(piece) {
    this.rest += piece;
    for (let end; (end = this.rest.indexOf('\0')) >= 0;) {
      const message = JSON.parse(this.rest.slice(0, end));
      this.rest = this.rest.slice(end + 1);
      const answer = this.waiting.get(message.id);
      if (answer) answer(message);
      const event = this.events.get(message.method);
      if (event) event();
    }
  }

  send(method, params, sessionId) {
    return new Promise((resolve, reject) => {
      const id = ++this.last;
      this.waiting.set(id, (message) => {
        this.waiting.delete(id);
        message.error ? reject(new Error(method + ': ' + message.error.message))
                      : resolve(message.result);
      });
      this.process.stdio[3].write(JSON.stringify({id, method, params, sessionId}) + '\0');
    });
  }

  event(method) {
    return new Promise((resolve) => this.events.set(method, resolve));
  }
}

async function check(browser, session, axe, page) {
  const say = (method, params) => browser.send(method, params, session);
  const loaded = browser.event('Page.loadEventFired');
  await say('Page.navigate', {url: 'file://' + page});
  await loaded;
  await say('Runtime.evaluate', {expression: axe});
  const rules = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}";
  const found = await say('Runtime.evaluate', {
    expression: `axe.run(document, ${rules}).then((r) => JSON.stringify({
      passes: r.passes.length,
      violations: r.violations.map((v) => v.id + ': ' + v.help + ' at ' +
        v.nodes.slice(0, 3).map((n) => n.target + ' ' + n.any.map((a) => a.message).join(' ')).join(', '))}))`,
    awaitPromise: true});
  const result = JSON.parse(found.result.value);
  const size = await say('Page.getLayoutMetrics', {});
  return {page, wide: size.cssContentSize.width, ...result};
}

async function main() {
  const [axePath, width, scheme, ...pages] = process.argv.slice(2);
  const axe = fs.readFileSync(axePath, 'utf8');
  const browser = new Browser(process.env.CHROMIUM || 'chromium');
  const {targetId} = await browser.send('Target.createTarget', {url: 'about:blank'});
  const {sessionId} = await browser.send('Target.attachToTarget', {targetId, flatten: true});
  await browser.send('Page.enable', {}, sessionId);
  await browser.send('Emulation.setDeviceMetricsOverride',
                     {width: +width, height: 900, deviceScaleFactor: 1, mobile: false}, sessionId);
  await browser.send('Emulation.setEmulatedMedia',
                     {features: [{name: 'prefers-color-scheme', value: scheme}]}, sessionId);
  for (const page of pages) console.log(JSON.stringify(await check(browser, sessionId, axe, page)));
  browser.process.kill();
}

main().then(() => process.exit(0), (error) => {
  console.error(String(error));
  process.exit(1);
});
