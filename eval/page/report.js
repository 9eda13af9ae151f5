(() => {
  const { all, draw, light } = ribbons;
  const root = document.documentElement;
  root.classList.add("js");

  // A phone has no room for two columns: there the beads stand one below the other.
  const stack = (view) => {
    const list = view.parentElement.querySelector(".stack");
    if (list.childElementCount) return;
    const done = new Set();
    const card = (items) => {
      const li = document.createElement("li");
      li.className = items[0].className.replace(/\bs\b/, "");
      for (const side of ["source", "target"]) {
        const texts = items.filter((item) => item.parentElement.classList.contains(side));
        if (!texts.length) continue;
        const p = document.createElement("p");
        p.lang = texts[0].parentElement.lang;
        p.textContent = texts.map((item) => item.querySelector(".t").textContent).join(" ");
        li.append(p);
      }
      if (items[0].dataset.bead) {
        const small = document.createElement("small");
        small.textContent = items[0].dataset.about;
        li.append(small);
        li.dataset.c = items[0].dataset.c;
      }
      list.append(li);
    };
    for (const item of all(".s", view)) {
      const bead = item.dataset.bead;
      if (bead === undefined) card([item]);
      else if (!done.has(bead)) { done.add(bead); card(all(`.s[data-bead="${bead}"]`, view)); }
    }
  };
  const refresh = (pair) => {
    const view = pair.querySelector(".view");
    if (!pair.open || !view) return;
    if (matchMedia("(max-width: 760px)").matches) stack(view);
    else draw(view);
  };

  const pairs = all("details.pair");
  for (const pair of pairs) {
    const view = pair.querySelector(".view");
    pair.addEventListener("toggle", () => refresh(pair));
    if (!view) continue;
    const first = view.querySelector(".s[data-bead]");
    if (first) first.tabIndex = 0;
    const over = (event) => light(view, event.target.closest("[data-bead]")?.dataset.bead);
    view.addEventListener("pointerover", over);
    view.addEventListener("pointerleave", () => light(view));
    view.addEventListener("focusin", over);
    view.addEventListener("focusout", () => light(view));
    view.addEventListener("keydown", (event) => {
      const here = event.target.closest(".s[data-bead]");
      if (!here) return;
      const side = all(".s[data-bead]", here.parentElement), at = side.indexOf(here);
      const across = () => all(`.s[data-bead="${here.dataset.bead}"]`, view).find((item) => item.parentElement !== here.parentElement);
      const next = { ArrowDown: () => side[at + 1], ArrowUp: () => side[at - 1], ArrowRight: across, ArrowLeft: across }[event.key];
      const goal = next && next();
      if (!goal) return;
      event.preventDefault();
      here.tabIndex = -1;
      goal.tabIndex = 0;
      goal.focus();
    });
  }
  let waiting;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(() => pairs.forEach(refresh), 80); });

  const low = document.getElementById("low"), high = document.getElementById("high"), words = document.getElementById("words");
  const order = document.getElementById("order"), said = document.getElementById("said"), list = document.getElementById("list");
  const percent = (value) => `${Math.round(100 * value)} %`;
  const filter = () => {
    const [from, to] = [Number(low.value), Number(high.value)];
    low.nextElementSibling.textContent = percent(from);
    high.nextElementSibling.textContent = percent(to);
    const wanted = words.value.trim().toLowerCase();
    let shown = 0;
    const beads = [new Set(), new Set()];
    for (const [n, pair] of pairs.entries()) {
      pair.hidden = Boolean(wanted) && !pair.textContent.toLowerCase().includes(wanted);
      shown += !pair.hidden;
      for (const item of all("[data-c]", pair)) {
        const out = Number(item.dataset.c) < from || Number(item.dataset.c) > to;
        item.classList.toggle("out", out);
        if (item.dataset.bead) beads[Number(out || pair.hidden)].add(`${n} ${item.dataset.bead}`);
      }
      refresh(pair);
    }
    said.textContent = `${shown} of ${pairs.length} pairs, ${beads[0].size} of ${beads[0].size + beads[1].size} beads`;
  };
  if (low) {
    low.addEventListener("input", () => { if (Number(low.value) > Number(high.value)) high.value = low.value; filter(); });
    high.addEventListener("input", () => { if (Number(high.value) < Number(low.value)) low.value = high.value; filter(); });
    words.addEventListener("input", filter);
    order.addEventListener("change", () => {
      const key = { file: (p) => Number(p.dataset.n), doubtful: (p) => Number(p.dataset.c), sure: (p) => -Number(p.dataset.c) }[order.value];
      list.append(...pairs.slice().sort((a, b) => key(a) - key(b)));
    });
    document.getElementById("all").addEventListener("click", (event) => {
      const open = pairs.some((pair) => !pair.open);
      for (const pair of pairs) pair.open = open;
      event.target.textContent = open ? "Close all" : "Open all";
    });
    for (const bar of all(".hb")) bar.addEventListener("click", () => {
      [low.value, high.value] = [bar.dataset.low, bar.dataset.high];
      filter();
      document.getElementById("pairs").scrollIntoView();
    });
    filter();
  }
  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  document.fonts?.ready.then(() => pairs.forEach(refresh));
  pairs.forEach(refresh);
})();
