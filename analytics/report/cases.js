'use strict';
(() => {
  const cases = JSON.parse(document.getElementById('data').textContent);
  const list = document.getElementById('list');
  if (!list) return;
  const [q, dataset, stratum, model, order, count, more] =
    ['q', 'dataset', 'stratum', 'model', 'order', 'count', 'more'].map((id) => document.getElementById(id));
  const STEP = 50;
  const LONGEST = 4e6; // cells of a comparison; longer drafts are shown without a diff
  let found = [];
  let shown = 0;

  const values = (pick) => [...new Set(cases.flatMap(pick))];
  const fill = (select, names) => names.forEach((name) => select.add(new Option(name, name)));
  fill(dataset, values((c) => c.d).sort());
  fill(stratum, values((c) => c.s || []).sort());
  fill(model, values((c) => c.m.map((m) => m[0])));

  const element = (name, text, parent) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text; // never innerHTML: reports are untrusted
    if (parent) parent.append(made);
    return made;
  };
  const score = (c, role) => { const m = c.m.find((one) => one[0] === role); return m ? m[1] : null; };
  const text = (c) => [c.i, c.k, c.f, c.r, ...c.m.map((m) => m[2])].join('\n').toLowerCase();

  // Longest common subsequence of words: words in both texts are not marked.
  const diff = (parent, reference, draft) => {
    const a = reference.split(/(\s+)/).filter((w) => w.trim());
    const b = draft.split(/(\s+)/).filter((w) => w.trim());
    if (a.length * b.length > LONGEST) { parent.textContent = draft; return; }
    const w = b.length + 1;
    const best = new Uint16Array((a.length + 1) * w);
    for (let i = a.length - 1; i >= 0; i--)
      for (let j = b.length - 1; j >= 0; j--)
        best[i * w + j] = a[i] === b[j] ? best[(i + 1) * w + j + 1] + 1 : Math.max(best[(i + 1) * w + j], best[i * w + j + 1]);
    const runs = [];
    const add = (kind, word) => { const last = runs[runs.length - 1]; if (last && last[0] === kind) last[1].push(word); else runs.push([kind, [word]]); };
    let i = 0, j = 0;
    while (i < a.length || j < b.length) {
      if (i < a.length && j < b.length && a[i] === b[j]) { add('', a[i++]); j++; }
      else if (j >= b.length || (i < a.length && best[(i + 1) * w + j] >= best[i * w + j + 1])) add('del', a[i++]);
      else add('ins', b[j++]);
    }
    runs.forEach(([kind, words], at) => {
      if (at) parent.append(' ');
      if (kind) element(kind, words.join(' '), parent); else parent.append(words.join(' '));
    });
  };

  const open = (box, c) => {
    if (box.dataset.filled) return;
    box.dataset.filled = '1';
    const sides = element('div', undefined, box);
    sides.className = 'sides';
    const left = element('section', undefined, sides);
    element('h3', 'Findings', left); element('p', c.f, left);
    const right = element('section', undefined, sides);
    element('h3', 'Radiologist', right); element('p', c.r, right);
    for (const [role, value, draft, version] of c.m) {
      element('h3', `${role} (version ${version}), ROUGE-1 ${value.toFixed(4)}`, right);
      diff(element('p', undefined, right), c.r, draft);
    }
    element('p', c.k, box).className = 'where';
  };

  const show = () => {
    for (const c of found.slice(shown, shown + STEP)) {
      const box = element('details', undefined, element('li', undefined, list));
      const summary = element('summary', undefined, box);
      element('strong', c.i, summary);
      element('span', `${c.d}${c.s ? ', ' + c.s : ''}`, summary);
      for (const [role, value] of c.m) element('span', `${role} ${value.toFixed(3)}`, summary);
      box.addEventListener('toggle', () => { if (box.open) open(box, c); });
    }
    shown = Math.min(shown + STEP, found.length);
    more.hidden = shown >= found.length;
    more.textContent = `Show ${Math.min(STEP, found.length - shown)} more`;
    count.textContent = `${found.length} of ${cases.length} cases, ${shown} shown.`;
  };

  const by = {
    worst: (a, b) => (score(a, model.value) ?? 2) - (score(b, model.value) ?? 2),
    best: (a, b) => (score(b, model.value) ?? -1) - (score(a, model.value) ?? -1),
    loss: (a, b) => lost(b) - lost(a),
    long: (a, b) => b.f.length - a.f.length,
    id: (a, b) => a.i.localeCompare(b.i, undefined, { numeric: true }),
  };
  const lost = (c) => { const f = score(c, 'fine-tuned'), p = score(c, 'pre-trained'); return f === null || p === null ? -2 : p - f; };

  const update = () => {
    const words = q.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = cases.filter((c) => (!dataset.value || c.d === dataset.value)
      && (!stratum.value || c.s === stratum.value)
      && (!words.length || ((t) => words.every((word) => t.includes(word)))(text(c))));
    found.sort(by[order.value]);
    list.replaceChildren();
    shown = 0;
    show();
  };
  const controls = document.getElementById('controls');
  controls.addEventListener('input', update);
  controls.addEventListener('submit', (event) => event.preventDefault());
  more.addEventListener('click', () => {
    const first = shown;
    show();
    list.children[first].querySelector('summary').focus();
  });

  document.addEventListener('keydown', (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing) { if (event.key === 'Escape') document.activeElement.blur(); return; }
    if (event.key === '/') { event.preventDefault(); q.focus(); return; }
    if (event.key !== 'j' && event.key !== 'k') return;
    const all = [...list.querySelectorAll('summary')];
    const at = all.indexOf(document.activeElement);
    const next = all[event.key === 'j' ? at + 1 : Math.max(at - 1, 0)];
    if (next) { next.focus(); next.scrollIntoView({ block: 'nearest' }); } else if (!more.hidden) more.click();
  });
  // Nothing can be opened on paper: print all listed cases in full.
  addEventListener('beforeprint', () => list.querySelectorAll('details').forEach((box, at) => { box.open = true; open(box, found[at]); }));
  update();
})();
