'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const list = document.getElementById('list');
  if (!list) return;
  const by = (id) => document.getElementById(id);
  const [q, dataset, stratum, model, version, order, flags, more] =
    ['q', 'dataset', 'stratum', 'model', 'version', 'order', 'flags', 'more'].map(by);
  const STEP = 50;
  const LONGEST = 4e6; // cells of a comparison; longer drafts are shown without a diff
  const [MISSED, MISSED_LABEL] = data.missed; // its place is between those of flags, which are even
  const NO_DANGER = 99;
  const MOST_BADGES = 3;
  const STRATA = { a: 'abnormal', n: 'normal' };
  const { texts } = data;
  const cases = data.cases.map((c, place) => ({
    ...c, place, k: texts[c.k], r: texts[c.r],
    m: c.m.map(([at, rouge, text, clinical, kind, checked, remarks]) => ({
      at, role: data.models[at][0], version: data.models[at][1], rouge, text: texts[text], clinical, kind, checked,
      baseline: data.models[at][0].startsWith('baseline-'),
      remarks: remarks.map(([flag, sentence, inFindings, inDraft]) => ({ flag, sentence: texts[sentence], inFindings, inDraft })),
    })),
  }));
  const byId = new Map(cases.map((c) => [c.h, c]));
  let found = [];
  let shown = 0;
  let cell = null; // the chosen cell of a table of normal and abnormal: [role, report, draft]
  const rendered = new Map(); // list items of cases

  const element = (name, text, parent, kind) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text; // never innerHTML: reports are untrusted
    if (kind) made.className = kind;
    if (parent) parent.append(made);
    return made;
  };
  const isCritical = (flag) => flag < data.critical;
  const badge = (flag, parent) =>
    element('span', `${isCritical(flag) ? '▲' : '△'} ${data.flags[flag][1]}`, parent, isCritical(flag) ? 'flag critical' : 'flag');
  const isMissed = (c, m) => c.a === 'a' && m.kind === 'n';

  // Controls
  const values = (pick) => [...new Set(cases.flatMap(pick))];
  const fill = (select, names) => names.forEach((name) => select.add(new Option(name, name)));
  const drafts = (c) => c.m.filter((m) => !m.baseline);
  fill(dataset, values((c) => c.d).sort());
  fill(stratum, values((c) => c.s || []).sort());
  fill(model, values((c) => drafts(c).map((m) => m.role)));
  values((c) => drafts(c).map((m) => m.at)).sort((a, b) => a - b)
    .forEach((at) => version.add(new Option(data.models[at].join(' '), at)));
  const chips = values((c) => c.m.flatMap((m) => m.remarks.map((one) => one.flag))).sort((a, b) => a - b).map((flag) => {
    const label = element('label', undefined, flags, 'inline');
    const box = element('input', undefined, label);
    box.type = 'checkbox';
    box.value = data.flags[flag][0];
    badge(flag, label);
    return { flag, box, count: element('span', '', label) };
  });
  flags.hidden = !chips.length;
  by('filters').open = matchMedia('(min-width:44rem)').matches;

  // The drafts that order and filters are about.
  const scope = (c) => {
    const all = drafts(c).filter((m) => !version.value || m.at === Number(version.value));
    if (model.value === 'any') return all;
    const chosen = all.filter((m) => m.role === (model.value === 'main' ? 'fine-tuned' : model.value));
    return chosen.length || model.value !== 'main' ? chosen : all;
  };
  const danger = (c) => {
    const least = (pick) => Math.min(...c.now.map(pick));
    const rank = (m) => Math.min(
      ...m.remarks.map((one) => Math.min(one.flag, data.known) * 2),
      isMissed(c, m) ? MISSED : NO_DANGER, NO_DANGER);
    const critical = (m) => -m.remarks.filter((one) => isCritical(one.flag)).length;
    return [least(rank), least(critical), least((m) => m.clinical ?? 2), least((m) => m.rouge ?? 2)];
  };
  const rouge = (c, none) => (c.now.length && c.now.some((m) => m.rouge !== null) ? Math.min(...c.now.map((m) => m.rouge ?? 2)) : none);
  const scoreOf = (c, role) => c.m.find((m) => m.role === role)?.rouge ?? null;
  const lost = (c) => { const f = scoreOf(c, 'fine-tuned'), p = scoreOf(c, 'pre-trained'); return f === null || p === null ? -2 : p - f; };
  const orders = {
    danger: (a, b) => { const at = a.key.findIndex((one, i) => one !== b.key[i]); return at < 0 ? 0 : a.key[at] - b.key[at]; },
    clinical: (a, b) => a.key[2] - b.key[2],
    worst: (a, b) => rouge(a, 2) - rouge(b, 2),
    best: (a, b) => rouge(b, -1) - rouge(a, -1),
    loss: (a, b) => lost(b) - lost(a),
    long: (a, b) => b.f.length - a.f.length,
    id: (a, b) => a.i.localeCompare(b.i, undefined, { numeric: true }),
  };
  const text = (c) => [c.i, c.k, c.f, c.r, ...c.m.map((m) => m.text)].join('\n').toLowerCase();
  const inCell = (c) => !cell || (c.a === cell[1]
    && c.m.some((m) => m.role === cell[0] && m.kind === cell[2] && (!version.value || m.baseline || m.at === Number(version.value))));
  const hasFlag = (c, flag) => c.now.some((m) => m.remarks.some((one) => one.flag === flag));

  const cells = [...document.querySelectorAll('.cross button')];
  const countCells = () => cells.forEach((button) => {
    const { role, report, draft } = button.dataset;
    const counted = data.cross.filter(([d, at, r, k]) => data.models[at][0] === role && r === report && k === draft
      && (!dataset.value || d === dataset.value)
      && (!version.value || role.startsWith('baseline-') || at === Number(version.value)));
    button.querySelector('b').textContent = counted.reduce((sum, one) => sum + one[4], 0);
    button.setAttribute('aria-pressed', String(Boolean(cell) && cell[0] === role && cell[1] === report && cell[2] === draft));
  });

  // Words as ROUGE's tokeniser makes them, with their places: case and punctuation do not count.
  const words = (of) => [...of.matchAll(/[a-zA-Z0-9]+/g)].map((m) => ({ word: m[0].toLowerCase(), begin: m.index, end: m.index + m[0].length }));

  // Longest common subsequence: what only the draft has (places), what only the reference has (where it would stand).
  const difference = (reference, draft) => {
    const a = words(reference), b = words(draft), none = { added: [], gone: [] };
    if (!a.length || a.length * b.length > LONGEST) return none;
    const w = b.length + 1;
    const best = new Uint16Array((a.length + 1) * w);
    for (let i = a.length - 1; i >= 0; i--)
      for (let j = b.length - 1; j >= 0; j--)
        best[i * w + j] = a[i].word === b[j].word ? best[(i + 1) * w + j + 1] + 1 : Math.max(best[(i + 1) * w + j], best[i * w + j + 1]);
    const { added, gone } = none;
    let i = 0, j = 0;
    while (i < a.length || j < b.length) {
      if (i < a.length && j < b.length && a[i].word === b[j].word) { i++; j++; continue; }
      const from = i, to = j;
      while (i < a.length && (j >= b.length || (a[i].word !== b[j].word && best[(i + 1) * w + j] >= best[i * w + j + 1]))) i++;
      while (j < b.length && (i >= a.length || (a[i].word !== b[j].word && best[(i + 1) * w + j] < best[i * w + j + 1]))) j++;
      if (i > from) gone.push({ at: to < b.length ? b[to].begin : draft.length, text: reference.slice(a[from].begin, a[i - 1].end) });
      if (j > to) added.push({ begin: b[to].begin, end: b[j - 1].end });
    }
    return none;
  };

  // A text with marks, which may overlap, and with the word difference: cut wherever anything begins or ends.
  const write = (parent, of, marks, { added, gone } = { added: [], gone: [] }) => {
    const cuts = [0, of.length, ...gone.map((one) => one.at)];
    for (const one of [...marks, ...added]) cuts.push(one.begin, one.end);
    const at = [...new Set(cuts)].sort((a, b) => a - b);
    at.forEach((begin, place) => {
      for (const one of gone) if (one.at === begin) {
        if (begin > 0 && !/\s/.test(of[begin - 1])) parent.append(' ');
        element('del', one.text, parent);
        if (begin < of.length) parent.append(' ');
      }
      if (place + 1 === at.length) return;
      const end = at[place + 1];
      const covering = marks.filter((one) => one.begin < end && one.end > begin);
      const numbers = covering.filter((one) => one.end === end).map((one) => one.number);
      let inside = parent;
      if (covering.length) inside = element('mark', undefined, inside, covering.some((one) => isCritical(one.flag)) ? 'critical' : '');
      const into = added.some((one) => one.begin < end && one.end > begin) ? element('ins', undefined, inside) : inside;
      into.append(of.slice(begin, end));
      if (numbers.length) {
        const note = element('sup', undefined, inside);
        element('span', 'flag ', note, 'hidden');
        note.append([...new Set(numbers)].join(','));
      }
    });
  };

  const open = (box, c) => {
    if (box.dataset.filled) return;
    box.dataset.filled = '1';
    element('a', 'Link to this case', element('p', undefined, box, 'link')).setAttribute('href', `#case=${c.h}`);
    const sides = element('div', undefined, box, 'sides');
    const left = element('section', undefined, sides);
    element('h3', 'Findings', left);
    const findings = element('p', undefined, left);
    const right = element('section', undefined, sides);
    element('h3', `Radiologist${c.a ? `, ${STRATA[c.a]} by its facts` : ''}`, right);
    element('p', c.r || '(no impression received)', right);
    const marked = [];
    let number = 0;
    for (const m of c.m) {
      const scores = [m.rouge === null ? [] : `ROUGE-1 ${m.rouge.toFixed(4)}`, m.clinical === null ? [] : `clinical F1 ${m.clinical.toFixed(2)}`,
        m.kind ? `${STRATA[m.kind]} by its facts` : []].flat();
      element('h3', [m.baseline ? m.role : `${m.role} (version ${m.version})`, ...scores].join(', '), right);
      const draft = element('p', undefined, right);
      const marks = [];
      const said = m.remarks.length ? element('ul', undefined, right, 'remarks') : null;
      for (const { flag, sentence, inFindings, inDraft } of m.remarks) {
        number++;
        const place = ([begin, end]) => ({ begin, end, flag, number });
        marked.push(...inFindings.map(place));
        marks.push(...inDraft.map(place));
        const line = element('li', undefined, said);
        element('b', `${number} `, line);
        badge(flag, line);
        line.append(` ${sentence}`);
      }
      write(draft, m.text, marks, difference(c.r, m.text));
      if (!m.baseline && !m.checked) element('p', 'Not checked: no flag does not mean no error.', right, 'soft');
      else if (!m.baseline && !m.remarks.length) element('p', 'Checked: no flag.', right, 'soft');
    }
    write(findings, c.f, marked);
    element('p', c.k, box, 'where');
  };

  const make = (c) => {
    const item = element('li');
    element('p', 'This case is shown because of its link: it is outside the filters, or further down.', item, 'note');
    const box = element('details', undefined, item);
    const summary = element('summary', undefined, box);
    const about = c.now.length ? c.now : drafts(c); // a linked case may be outside the filters
    const flagged = [...new Set(about.flatMap((m) => m.remarks.map((one) => one.flag)))].sort((a, b) => a - b);
    if (about.some((m) => isMissed(c, m))) element('span', `▲ ${MISSED_LABEL}`, summary, 'flag critical');
    flagged.slice(0, MOST_BADGES).forEach((flag) => badge(flag, summary));
    if (flagged.length > MOST_BADGES) element('span', `+${flagged.length - MOST_BADGES}`, summary);
    element('strong', c.i, summary);
    element('span', `${c.d}${c.s ? ', ' + c.s : ''}`, summary);
    for (const m of drafts(c)) {
      const scores = [m.clinical === null ? [] : `clinical ${m.clinical.toFixed(2)}`, m.rouge === null ? [] : `R1 ${m.rouge.toFixed(3)}`].flat();
      element('span', `${m.role} ${scores.join(', ')}`, summary);
    }
    box.addEventListener('toggle', () => { if (box.open) open(box, c); });
    rendered.set(c, item);
    return item;
  };

  const show = () => {
    for (const c of found.slice(shown, shown + STEP)) {
      const item = rendered.get(c) ?? make(c);
      item.classList.remove('linked');
      list.append(item);
    }
    shown = Math.min(shown + STEP, found.length);
    more.hidden = shown >= found.length;
    more.textContent = `Show ${Math.min(STEP, found.length - shown)} more`;
    by('count').textContent = `${found.length} of ${cases.length} cases, ${shown} shown.`;
  };

  const update = () => {
    const wanted = q.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = chips.filter(({ box }) => box.checked).map(({ flag }) => flag);
    for (const c of cases) c.now = scope(c);
    const fitting = cases.filter((c) => c.now.length
      && (!dataset.value || c.d === dataset.value)
      && (!stratum.value || c.s === stratum.value)
      && inCell(c)
      && (!wanted.length || ((t) => wanted.every((word) => t.includes(word)))(text(c))));
    for (const { flag, count } of chips) count.textContent = fitting.filter((c) => hasFlag(c, flag)).length;
    found = chosen.length ? fitting.filter((c) => chosen.some((flag) => hasFlag(c, flag))) : fitting;
    for (const c of found) c.key = danger(c);
    found.sort((a, b) => orders[order.value](a, b) || a.place - b.place);
    countCells();
    const named = cell ? `${cell[0]}: report ${STRATA[cell[1]]}, draft ${STRATA[cell[2]]}` : '';
    const set = [model.value !== 'main', version.value, dataset.value, stratum.value, ...chosen.map(() => true)].filter(Boolean).length;
    by('active').textContent = [set ? `(${set} set)` : '', named].filter(Boolean).join(' ');
    list.replaceChildren();
    rendered.clear();
    by('lost').textContent = '';
    shown = 0;
    show();
  };

  const controls = by('controls');
  controls.addEventListener('input', update);
  controls.addEventListener('submit', (event) => event.preventDefault());
  by('clear').addEventListener('click', () => {
    const kept = order.value;
    cell = null;
    controls.reset();
    order.value = kept;
    update();
  });
  by('differences').addEventListener('input', (event) => list.classList.toggle('plain', !event.target.checked));
  cells.forEach((button) => button.addEventListener('click', () => {
    const { role, report, draft } = button.dataset;
    cell = button.getAttribute('aria-pressed') === 'true' ? null : [role, report, draft];
    update();
  }));
  more.addEventListener('click', () => {
    const first = found[shown];
    show();
    rendered.get(first).querySelector('summary').focus();
  });

  // A link opens its case, wherever it is.
  const go = () => {
    const id = /^#case=([0-9a-f-]+)$/.exec(location.hash)?.[1];
    if (!id) return;
    const c = byId.get(id);
    by('lost').textContent = c ? '' : 'The case of this link is not on this page.';
    if (!c) { by('cases').scrollIntoView(); return; }
    if (!rendered.has(c)) { const item = make(c); item.classList.add('linked'); list.prepend(item); }
    const box = rendered.get(c).querySelector('details');
    box.open = true;
    open(box, c);
    box.querySelector('summary').focus({ preventScroll: true });
    rendered.get(c).scrollIntoView();
  };
  addEventListener('hashchange', go);
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#case="]');
    if (link && link.hash === location.hash) go(); // no hashchange comes
  });
  // The controls stay at the top: what is scrolled to must not lie below them.
  const measure = () => document.documentElement.style.setProperty('--controls', `${controls.offsetHeight}px`);
  new ResizeObserver(measure).observe(controls);

  document.addEventListener('keydown', (event) => {
    const { activeElement } = document;
    const typing = activeElement.matches('input:not([type=checkbox]),select,textarea');
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing) { if (event.key === 'Escape') activeElement.blur(); return; }
    if (event.key === '/') { event.preventDefault(); q.focus(); return; }
    if (event.key !== 'j' && event.key !== 'k') return;
    const all = [...list.querySelectorAll('summary')];
    const at = all.indexOf(activeElement);
    const next = all[event.key === 'j' ? at + 1 : Math.max(at - 1, 0)];
    if (next) { next.focus(); next.scrollIntoView({ block: 'nearest' }); } else if (!more.hidden) more.click();
  });
  // Nothing can be opened on paper: print all listed cases in full.
  addEventListener('beforeprint', () => rendered.forEach((item, c) => { const box = item.querySelector('details'); box.open = true; open(box, c); }));
  update();
  measure(); // the observer reports only after the first layout
  go();
})();
