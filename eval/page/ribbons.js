"use strict";
// Draws the links between two columns of sentences; shared by the report and the review.
const ribbons = (() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Ribbons: one from every run of neighbouring sentences of a bead to every run on the other side.
  const runs = (items) => {
    const found = [];
    for (const item of items) {
      const last = found[found.length - 1];
      if (last && last.at(-1).nextElementSibling === item) last.push(item);
      else found.push([item]);
    }
    return found.map((run) => [run[0].offsetTop, run.at(-1).offsetTop + run.at(-1).offsetHeight]);
  };
  const draw = (view) => {
    const svg = view.querySelector(".links");
    const width = svg.clientWidth, middle = width / 2;
    if (!width) return;
    const beads = new Map();
    for (const item of all(".s[data-bead]", view)) {
      const bead = beads.get(item.dataset.bead) || { source: [], target: [], item };
      bead[item.parentElement.classList.contains("source") ? "source" : "target"].push(item);
      beads.set(item.dataset.bead, bead);
    }
    svg.replaceChildren();
    for (const [name, { source, target, item }] of beads) {
      for (const [a, b] of runs(source)) for (const [c, d] of runs(target)) {
        const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
        path.setAttribute("d", `M0,${a}C${middle},${a} ${middle},${c} ${width},${c}V${d}C${middle},${d} ${middle},${b} 0,${b}Z`);
        path.setAttribute("class", [...item.classList].filter((c) => /^c.$|^moved$|^out$/.test(c)).join(" "));
        path.dataset.bead = name;
        svg.append(path);
      }
    }
  };
  const light = (view, bead) => {
    view.classList.toggle("busy", bead !== undefined);
    for (const part of all("[data-bead]", view)) part.classList.toggle("on", part.dataset.bead === bead);
  };
  return { all, draw, light };
})();
