(() => {
  const { all, draw, light } = ribbons;
  const token = document.querySelector("meta[name=token]").content;
  const find = (id) => document.getElementById(id);
  const view = find("view"), which = find("which"), said = find("said");
  const sides = { source: view.querySelector(".source"), target: view.querySelector(".target") };
  let pairs = [], state = null, chosen = { source: new Set(), target: new Set() };

  const ask = async (path, body) => {
    const options = body ? { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-Token": token } } : {};
    const address = body ? path : `${path}${path.includes("?") ? "&" : "?"}token=${encodeURIComponent(token)}`;
    const answer = await fetch(address, options);
    const found = await answer.json();
    if (!answer.ok) throw new Error(found.error);
    return found;
  };
  const guarded = (work) => async (...args) => {
    try { await work(...args); } catch (error) { said.textContent = error.message; }
  };
  const percent = (p) => (p === null || p === undefined ? "–" : p >= 0.995 && p < 1 ? "> 99 %" : `${Math.round(100 * p)} %`);
  const band = (p) => (p === null || p === undefined ? "cx" : `c${[0.5, 0.7, 0.85, 0.95].filter((edge) => p >= edge).length}`);

  const show = (next, focus) => {
    state = next;
    chosen = { source: new Set(), target: new Set() };
    const [source, target] = state.documents;
    find("title").textContent = `${source.title || source.id} ↔ ${target.title || target.id}`;
    find("meta").textContent = `${source.language} ${source.id} ${source.date || ""} – ${target.language} ${target.id} ${target.date || ""} · ${state.corrections} corrections`;
    find("chip").textContent = percent(state.pair.confidence);
    find("chip").className = `chip ${band(state.pair.confidence)}`;
    for (const [k, side] of ["source", "target"].entries()) {
      const owner = new Map();
      state.beads.forEach((bead, n) => bead[side].forEach((i) => owner.set(i, n)));
      sides[side].lang = state.documents[k].lang;
      sides[side].replaceChildren(...state.documents[k].sentences.map((text, i) => sentence(side, i, text, owner.get(i))));
    }
    const option = which.querySelector(`option[value="${state.number}"]`);
    if (option) { option.selected = true; option.textContent = label(pairs[state.number] = { ...pairs[state.number], ...state.pair, number: state.number, corrections: state.corrections }); }
    draw(view);
    tell();
    const goal = focus && sides[focus[0]].children[focus[1]];
    (goal || sides.source.firstElementChild)?.focus({ preventScroll: !goal });
  };
  const sentence = (side, i, text, n) => {
    const li = document.createElement("li");
    const bead = n === undefined ? null : state.beads[n];
    const linked = bead && bead.source.length && bead.target.length;
    li.className = `s ${linked ? band(bead.confidence) : "alone"} ${bead ? bead.verdict : ""}`;
    li.tabIndex = -1;
    Object.assign(li.dataset, { side, i }, linked ? { bead: n } : {});
    li.setAttribute("aria-label", `${text} ${linked ? `linked, ${percent(bead.confidence)}` : "no partner"} ${bead?.verdict || ""}`);
    const span = document.createElement("span");
    span.className = "t";
    span.textContent = text;
    li.append(span);
    if (linked && i === bead[side].at(-1)) {
      const tag = document.createElement("span");
      tag.className = "tag";
      tag.textContent = bead.verdict || percent(bead.confidence);
      li.append(tag);
    }
    return li;
  };
  const current = () => document.activeElement?.closest?.(".s");
  const beadOf = (li) => (li?.dataset.bead === undefined ? null : state.beads[Number(li.dataset.bead)]);
  const picked = () => ({ source: [...chosen.source].sort((a, b) => a - b), target: [...chosen.target].sort((a, b) => a - b) });
  const tell = () => {
    const { source, target } = picked();
    find("chosen").textContent = source.length + target.length ? `Chosen: ${source.length} – ${target.length}` : "Nothing chosen";
    find("join").disabled = !(source.length && target.length);
    find("undo").disabled = !state.corrections;
  };
  const choose = (li) => {
    const set = chosen[li.dataset.side], i = Number(li.dataset.i);
    set.has(i) ? set.delete(i) : set.add(i);
    li.classList.toggle("chosen", set.has(i));
    li.setAttribute("aria-selected", String(set.has(i)));
    tell();
  };
  const send = guarded(async (action, source = [], target = []) => {
    const here = current();
    const focus = here && [here.dataset.side, Number(here.dataset.i)];
    const next = await ask(`/api/pair/${state.number}`, { action, source_sentences: source, target_sentences: target });
    show(next, focus);
    said.textContent = `saved: ${action}`;
  });
  const actions = {
    confirm: () => { const bead = beadOf(current()); if (bead) send("confirm", bead.source, bead.target); },
    unlink: () => {
      const { source, target } = picked(), here = current(), bead = beadOf(here);
      if (source.length || target.length) send("unlink", source, target);
      else if (bead) send("unlink", bead.source, bead.target);
    },
    join: () => { const { source, target } = picked(); if (source.length && target.length) send("link", source, target); },
    split: async () => {
      const bead = beadOf(current()), { source, target } = picked();
      if (!bead) return;
      if (source.length && target.length) return send("link", source, target);
      if (bead.source.length !== bead.target.length || bead.source.length < 2) {
        said.textContent = "choose (space) the sentences of the part that stands alone, on both sides";
        return;
      }
      for (const [k, i] of bead.source.entries()) await send("link", [i], [bead.target[k]]);
    },
    undo: () => send("undo"),
    doubtful: guarded(async () => {
      const order = all(".source .s[data-bead]", view), from = order.indexOf(current());
      const doubtful = (li) => !beadOf(li).verdict && (beadOf(li).confidence ?? 0) < 0.85;
      const found = order.find((li, n) => n > from && doubtful(li));
      if (found) found.focus();
      else if (state.number + 1 < Number(which.dataset.total)) { await go(state.number + 1); said.textContent = "next pair"; }
      else said.textContent = "no more doubtful beads";
    }),
  };
  const label = (pair) => `${pair.number + 1}. ${pair.source} – ${pair.target} (${percent(pair.confidence)})${pair.corrections ? ` · ${pair.corrections} ✓` : ""}`;
  const go = guarded(async (number) => {
    const total = Number(which.dataset.total);
    if (!(number >= 0 && number < total)) return;
    if (!pairs[number]) await list(number);
    show(await ask(`/api/pair/${number}`));
    location.hash = number + 1;
    scrollTo(0, 0);
  });
  const list = async (at) => {
    const found = await ask(`/api/pairs?at=${Math.max(0, at - 20)}`);
    which.dataset.total = found.total;
    for (const pair of found.pairs) pairs[pair.number] = pair;
    which.replaceChildren(...pairs.filter(Boolean).map((pair) => new Option(label(pair), pair.number)));
    said.textContent = `${found.total} pairs`;
  };

  for (const name of Object.keys(actions)) find(name).addEventListener("mousedown", (event) => event.preventDefault());
  for (const [name, act] of Object.entries(actions)) find(name).addEventListener("click", act);
  find("before").addEventListener("click", () => go(state.number - 1));
  find("after").addEventListener("click", () => go(state.number + 1));
  which.addEventListener("change", () => go(Number(which.value)));
  view.addEventListener("click", (event) => { const li = event.target.closest(".s"); if (li) { li.focus(); choose(li); } });
  const over = (event) => light(view, event.target.closest("[data-bead]")?.dataset.bead);
  view.addEventListener("pointerover", over);
  view.addEventListener("pointerleave", () => light(view));
  view.addEventListener("focusin", over);
  // word for word, for who reads one of the languages better; a hint, no translation
  view.addEventListener("focusin", (event) => {
    const li = event.target.closest(".s");
    const gloss = li && state.documents[li.dataset.side === "source" ? 0 : 1].glosses?.[Number(li.dataset.i)];
    find("hint").hidden = !gloss;
    find("hint").textContent = gloss ? `word for word: ${gloss}` : "";
  });
  addEventListener("resize", () => state && draw(view));
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select, input, summary, button")) return;
    const here = current();
    const column = here ? [...here.parentElement.children] : [], at = column.indexOf(here);
    const other = here && sides[here.dataset.side === "source" ? "target" : "source"];
    const across = () => here && (all(`[data-bead="${here.dataset.bead}"]`, other)[0] || other.children[Math.min(at, other.children.length - 1)]);
    const moves = { ArrowDown: () => column[at + 1], ArrowUp: () => column[at - 1], ArrowLeft: across, ArrowRight: across };
    const keys = { c: "confirm", u: "unlink", j: "join", s: "split", d: "doubtful", z: "undo" };
    if (moves[event.key]) moves[event.key]()?.focus();
    else if (keys[event.key]) actions[keys[event.key]]();
    else if (event.key === " " && here) choose(here);
    else if (event.key === "Escape") { chosen = { source: new Set(), target: new Set() }; all(".chosen", view).forEach((li) => li.classList.remove("chosen")); tell(); }
    else if (event.key === "n") go(state.number + 1);
    else if (event.key === "p") go(state.number - 1);
    else return;
    event.preventDefault();
  });
  guarded(async () => {
    const first = Math.max(0, Number(location.hash.slice(1) || 1) - 1);
    await list(first);
    if (!pairs.length) { said.textContent = "this corpus has no pairs"; return; }
    await go(Math.min(first, Number(which.dataset.total) - 1));
  })();
})();
