// JupyterLab in a real browser: a notebook's cells run, a picture is seen, Tab completes, the square interrupts, and a
// hostile name does nothing.
//
//   node browser.mjs URL CHROMIUM NOTEBOOK FOLDER
//
// Screenshots of the notebook, light and dark, at 1400 and 400 pixels, go into the folder.

import { chromium } from 'playwright-core';

const [url, program, notebook, folder] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
page.setDefaultTimeout(60000);
let dialogs = 0;
page.on('dialog', dialog => { dialogs++; dialog.dismiss(); });

process.on('uncaughtException', async error => {
  await page.screenshot({ path: `${folder}/failed.png` }).catch(() => {});
  console.log(`not ok - ${error.message}`);
  process.exit(1);
});

function check(holds, what) {
  if (!holds) throw new Error(what);
  console.log(`ok - ${what}`);
}

const idle = () => page.waitForFunction(() => {
  const status = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-ExecutionIndicator');
  return status && status.getAttribute('data-status') === 'idle';
});
const prompts = () => page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell .jp-InputPrompt').allInnerTexts();

async function open(name) {
  await page.goto(`${url}/lab/tree/${name}?reset`);
  await page.locator('.jp-Notebook .jp-Cell').first().waitFor();
  await page.evaluate(() => window.jupyterapp.shell.currentWidget.sessionContext.ready);
  await idle();
}

// Its end is not waited for: some never end.
async function command(id) {
  await page.evaluate(name => { window.jupyterapp.commands.execute(name); }, id);
}

// ---- the notebook ----

await open(notebook);
await command('notebook:run-all-cells');
await page.waitForFunction(() => {
  const texts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(e => e.innerText);
  return texts.length > 0 && texts.every(text => /\[\d+\]/.test(text));
});
await idle();
check((await prompts()).length > 5, 'all cells of the notebook have run');
check(await page.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]').count() === 0,
  'none of them failed');
const picture = page.locator('.jp-OutputArea-output svg.still').first();
await picture.scrollIntoViewIfNeeded();
const box = await picture.boundingBox();
check(box.width > 300 && box.height > 150, 'a picture is seen');

const themes = { light: 'JupyterLab Light', dark: 'JupyterLab Dark' };
for (const [name, theme] of Object.entries(themes)) {
  await page.evaluate(set => window.jupyterapp.commands.execute('apputils:change-theme', { theme: set }), theme);
  await page.waitForFunction(light => document.body.dataset.jpThemeLight === light, String(name === 'light'));
  for (const width of [1400, 400]) {
    await page.setViewportSize({ width, height: 1000 });
    await page.evaluate(wide => { const lab = window.jupyterapp.shell; wide ? lab.expandLeft() : lab.collapseLeft(); }, width > 1000);
    for (const [place, selector] of Object.entries({ card: '.jp-OutputArea-output table', picture: '.jp-OutputArea-output svg.still' })) {
      await page.locator(selector).first().scrollIntoViewIfNeeded();
      await page.waitForTimeout(500);
      await page.screenshot({ path: `${folder}/${name}-${width}-${place}.png` });
    }
  }
}

await page.setViewportSize({ width: 1400, height: 1000 });

// ---- a notebook of its own ----

await page.evaluate(async () => {
  const model = await window.jupyterapp.commands.execute('docmanager:new-untitled', { type: 'notebook' });
  await window.jupyterapp.commands.execute('docmanager:open', { path: model.path, factory: 'Notebook', kernel: { name: 'bioxen' } });
});
const panel = page.locator('.jp-NotebookPanel:not(.lm-mod-hidden)');
await panel.locator('.jp-Cell').first().waitFor();
await page.evaluate(() => window.jupyterapp.shell.currentWidget.sessionContext.ready);
await idle();

async function type(text) {
  const editor = panel.locator('.jp-Cell .cm-content').last();
  await editor.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text, { delay: 5 });
}

async function outputOf(text) {
  await type(text);
  await page.keyboard.press('Shift+Enter');
  await idle();
  return panel.locator('.jp-Cell.jp-CodeCell').nth(-2).locator('.jp-OutputArea');
}

check((await (await outputOf('1 + 1')).innerText()).includes('2'), 'a cell is run');

await type('bioxen.create_bi');
await page.keyboard.press('Tab');
const editor = panel.locator('.cm-content').last();
const offered = page.locator('.jp-Completer-item').first();
await Promise.race([offered.waitFor(), page.waitForFunction(element => element.innerText.includes('create_bio_vm'),
  await editor.elementHandle())]);
if (await offered.isVisible()) await page.keyboard.press('Enter');
check((await editor.innerText()).includes('bioxen.create_bio_vm'), 'Tab completes');
await page.keyboard.press('Shift+Tab');
await page.locator('.jp-Tooltip').waitFor();
check((await page.locator('.jp-Tooltip').innerText()).includes('create_bio_vm'), 'Shift+Tab tells what it is');
await page.keyboard.press('Escape');

await type('kept = 41 while true do end');
await page.keyboard.press('Shift+Enter');
await page.waitForFunction(() => {
  const status = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-ExecutionIndicator');
  return status && status.getAttribute('data-status') === 'busy';
});
await command('notebook:interrupt-kernel');
await idle();
check((await panel.locator('.jp-OutputArea').last().innerText()).includes('interrupted')
  || (await panel.innerText()).includes('interrupted'), 'the square interrupts');
check((await (await outputOf('kept + 1')).innerText()).includes('42'), 'and what was there is kept');

await type('io.write "who? " name = io.read(); "hello " .. name');
await page.keyboard.press('Shift+Enter');
const answer = panel.locator('input.jp-Stdin-input');
await answer.waitFor();
await answer.fill('Ada');
await answer.press('Enter');
await idle();
check((await panel.innerText()).includes('hello Ada'), 'a cell asks for input');

await outputOf(`t = { fluxes = { ['</td><img src=x onerror=alert(1)><script>alert(2)</script>'] = 1, b = 2 } }; t`);
await page.waitForTimeout(1000);
check(dialogs === 0 && (await panel.innerText()).includes('onerror'), 'a hostile name is text');

await browser.close();
