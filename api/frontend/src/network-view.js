// An interactive view of one network: pan, zoom, search, and the sentences behind each tie.
//
// The caller gives nodes and edges as plain data; this file knows no SPARQL and asks no server.
//
//   nodes: [{ id, kind, label_ko, label_en }]
//   edges: [{ source, target, weight, evidence }]
//   sentences: [{ ko, en, goal_ko, goal_en, place }]
//
// An item of `evidence` is a sentence, or its number in `sentences`. `total` is the number of edges
// of the whole network, where only some of them are given.

import cytoscape from "cytoscape";
import fcose from "cytoscape-fcose";

import { element, showAll, showNode, showTie } from "./panel.js";
import { DRAWING, dress, marksOf } from "./style.js";
import { WORDS } from "./words.js";

cytoscape.use(fcose);

const LABELS = 70;
const STEP = 60;
const MARGIN = 30;

// Every drawing of the same network starts from the same circle, and so ends in the same picture.
function onCircle(index, count) {
  const angle = (2 * Math.PI * index) / count;
  const radius = 40 + 12 * count;
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
}

// Where there are too many labels to read, the strongest nodes keep theirs.
function quiet(strength) {
  const order = Object.keys(strength).sort((a, b) => strength[b] - strength[a]);
  return new Set(order.slice(LABELS));
}

/** The elements that cytoscape draws, from plain nodes and edges. */
export function toElements({ nodes, edges, sentences = [] }, lang) {
  const marks = marksOf([...new Set(nodes.map((node) => node.kind || ""))].sort());
  const strength = Object.fromEntries(nodes.map((node) => [node.id, 0]));
  for (const edge of edges) {
    strength[edge.source] += edge.weight;
    strength[edge.target] += edge.weight;
  }
  const heaviest = Math.max(...edges.map((edge) => edge.weight), 1e-9);
  const strongest = Math.max(...Object.values(strength), 1e-9);
  const unlabelled = quiet(strength);
  return [
    ...nodes.map((node, index) => ({
      position: onCircle(index, nodes.length),
      classes: unlabelled.has(node.id) ? "quiet" : "",
      data: {
        id: node.id,
        label: node[`label_${lang}`] || node.id,
        kind: node.kind || "",
        colour: marks[node.kind || ""][0],
        shape: marks[node.kind || ""][1],
        size: 12 + 20 * Math.sqrt(strength[node.id] / strongest),
      },
    })),
    ...edges.map((edge, index) => ({
      data: {
        id: `edge-${index}`,
        source: edge.source,
        target: edge.target,
        weight: edge.weight,
        width: 1 + (5 * edge.weight) / heaviest,
        evidence: (edge.evidence || []).map((one) => (Number.isInteger(one) ? sentences[one] : one)),
      },
    })),
  ];
}

function legend(nodes, words) {
  const marks = marksOf([...new Set(nodes.map((node) => node.kind || ""))].sort());
  const list = element("ul", "", "agendagraph-legend");
  for (const [kind, [colour, , character]] of Object.entries(marks)) {
    if (!kind) continue;
    const item = element("li");
    const mark = element("span", `${character} `);
    mark.style.color = colour;
    mark.setAttribute("aria-hidden", "true");
    item.append(mark, element("span", words.kinds[kind] || kind));
    list.append(item);
  }
  return list;
}

function toolbar(words) {
  const bar = element("div", "", "agendagraph-bar");
  const search = element("input", "", "agendagraph-search");
  search.type = "search";
  search.placeholder = words.search;
  search.setAttribute("aria-label", words.search);
  const buttons = { closer: "+", further: "−", fit: words.fit };
  bar.append(search);
  for (const [name, text] of Object.entries(buttons)) {
    const made = element("button", text, `agendagraph-${name}`);
    made.type = "button";
    made.setAttribute("aria-label", words[name]);
    bar.append(made);
  }
  const said = element("span", "", "agendagraph-said");
  said.setAttribute("role", "status");
  bar.append(said);
  return { bar, search, said };
}

function zoom(graph, factor) {
  const middle = { x: graph.width() / 2, y: graph.height() / 2 };
  graph.zoom({ level: graph.zoom() * factor, renderedPosition: middle });
}

// Labels are as large on the screen however far out the whole is seen; so they are set, and the
// whole, which holds them, is fitted again.
function showWhole(graph) {
  for (let turn = 0; turn < 2; turn += 1) {
    graph.fit(undefined, MARGIN);
    const scale = Math.min(Math.max(1 / graph.zoom(), 0.7), 3);
    graph.nodes().style({ "font-size": 12 * scale, "text-max-width": 130 * scale });
  }
}

function onKeys(graph, canvas, back) {
  const acts = {
    ArrowLeft: () => graph.panBy({ x: STEP, y: 0 }),
    ArrowRight: () => graph.panBy({ x: -STEP, y: 0 }),
    ArrowUp: () => graph.panBy({ x: 0, y: STEP }),
    ArrowDown: () => graph.panBy({ x: 0, y: -STEP }),
    "+": () => zoom(graph, 1.25),
    "=": () => zoom(graph, 1.25),
    "-": () => zoom(graph, 0.8),
    0: () => showWhole(graph),
    Escape: back,
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || !(event.key in acts)) return;
    event.preventDefault();
    acts[event.key]();
  });
}

// A wheel scrolls the page that the view stands in, and zooms only with a key held, as maps do.
function onWheel(graph, canvas) {
  graph.userZoomingEnabled(matchMedia("(pointer: coarse)").matches);
  canvas.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom(graph, event.deltaY < 0 ? 1.1 : 1 / 1.1);
    },
    { passive: false },
  );
}

function fadeAllBut(graph, some) {
  graph.elements().removeClass("faded told");
  if (!some) return;
  graph.elements().not(some).addClass("faded");
  some.nodes().addClass("told");
}

function find(graph, text) {
  const wanted = text.trim().toLowerCase();
  const labelled = (node) => node.data("label").toLowerCase().includes(wanted);
  const found = wanted ? graph.nodes().filter(labelled) : null;
  fadeAllBut(graph, found && found.closedNeighborhood());
  return found;
}

function onSearch(graph, { search, said }, words, choose) {
  search.addEventListener("input", () => {
    const found = find(graph, search.value);
    said.textContent = found ? words.found(found.length) : "";
  });
  search.addEventListener("keydown", (event) => {
    const found = event.key === "Enter" ? find(graph, search.value) : null;
    // The shortest label is the nearest to what was typed: all of them hold it.
    if (found && found.length) choose(found.min((node) => node.data("label").length).ele);
  });
}

function draw(canvas, network, lang) {
  const quality = network.nodes.length + network.edges.length > 800 ? "default" : "proof";
  return cytoscape({
    container: canvas,
    elements: toElements(network, lang),
    style: DRAWING,
    minZoom: 0.05,
    maxZoom: 6,
    layout: {
      name: "fcose",
      animate: false,
      randomize: false,
      quality,
      nodeSeparation: 110,
      idealEdgeLength: 130,
      nodeRepulsion: 9000,
      nodeDimensionsIncludeLabels: network.nodes.length <= 60,
      padding: MARGIN,
    },
  });
}

/** Draw `network` into `host`; returns the cytoscape graph. */
export function mount(host, network, { lang = "ko" } = {}) {
  const words = WORDS[lang] || WORDS.en;
  dress(host.ownerDocument);
  host.classList.add("agendagraph-network");
  host.lang = lang;
  const tools = toolbar(words);
  const canvas = element("div", "", "agendagraph-canvas");
  const panel = element("div", "", "agendagraph-panel");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", words.canvas(network.nodes.length, network.edges.length));
  panel.tabIndex = 0;
  panel.setAttribute("role", "region");
  panel.setAttribute("aria-live", "polite");
  panel.setAttribute("aria-label", words.sentences);
  host.replaceChildren(tools.bar, canvas, panel, legend(network.nodes, words));

  const graph = draw(canvas, network, lang);
  const cut = network.total > network.edges.length;
  const context = {
    words,
    lang,
    note: cut ? words.cut(network.edges.length, network.total) : "",
    choose: (one) => {
      graph.elements().unselect();
      one.select();
      panel.scrollTop = 0;
      panel.focus();
    },
    back: () => {
      graph.elements().unselect();
      showAll(panel, graph, context);
      panel.focus();
    },
  };
  showAll(panel, graph, context);
  graph.on("select", "edge", (event) => {
    fadeAllBut(graph, event.target.union(event.target.connectedNodes()));
    showTie(panel, event.target, context);
  });
  graph.on("select", "node", (event) => {
    fadeAllBut(graph, event.target.closedNeighborhood());
    showNode(panel, event.target, context);
  });
  graph.on("tap", (event) => {
    if (event.target === graph) showAll(panel, graph, context);
  });
  graph.on("unselect", () => fadeAllBut(graph, null));
  onSearch(graph, tools, words, context.choose);
  onKeys(graph, canvas, context.back);
  onWheel(graph, canvas);
  for (const [name, act] of [
    ["closer", () => zoom(graph, 1.25)],
    ["further", () => zoom(graph, 0.8)],
    ["fit", () => showWhole(graph)],
  ]) {
    tools.bar.querySelector(`.agendagraph-${name}`).addEventListener("click", act);
  }
  new ResizeObserver(() => {
    graph.resize();
    showWhole(graph);
  }).observe(canvas);
  return graph;
}
