// The panel beside the drawing: all nodes, one node with its ties, or one tie with its sentences.
//
// It holds everything that the drawing shows, as text and buttons, for readers who cannot see the
// drawing or have no mouse. Every text reaches the page as text, never as HTML.

export function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function button(label, note, act) {
  const made = element("button");
  made.type = "button";
  made.append(element("span", label));
  if (note !== "") made.append(element("span", String(note)));
  made.addEventListener("click", act);
  return made;
}

function listOf(buttons) {
  const list = element("ul");
  for (const one of buttons) {
    const item = element("li");
    item.append(one);
    list.append(item);
  }
  return list;
}

const byLabel = (a, b) => a.data("label").localeCompare(b.data("label"));

/** All nodes, those with the most ties first. */
export function showAll(panel, graph, { words, note, choose }) {
  const nodes = graph.nodes().sort((a, b) => b.degree() - a.degree() || byLabel(a, b));
  panel.replaceChildren(
    element("p", words.hint),
    ...(note ? [element("p", note)] : []),
    element("h4", `${words.nodes} (${nodes.length})`),
    listOf(nodes.map((node) => button(node.data("label"), node.degree(), () => choose(node)))),
  );
}

/** One node and its ties, the heaviest first. */
export function showNode(panel, node, { words, choose, back }) {
  const ties = node
    .connectedEdges()
    .sort((a, b) => b.data("weight") - a.data("weight") || byLabel(other(a, node), other(b, node)));
  panel.replaceChildren(
    button(`← ${words.back}`, "", back),
    element("h3", node.data("label")),
    element("p", words.kinds[node.data("kind")] || node.data("kind")),
    element("h4", `${words.ties} (${ties.length})`),
    listOf(
      ties.map((tie) =>
        button(other(tie, node).data("label"), shortNumber(tie.data("weight")), () => choose(tie)),
      ),
    ),
  );
}

function other(tie, node) {
  return tie.source().same(node) ? tie.target() : tie.source();
}

function shortNumber(number) {
  return Number.isInteger(number) ? String(number) : number.toPrecision(3);
}

/** One tie and the sentences behind it. */
export function showTie(panel, tie, { words, lang, choose, back }) {
  const sentences = tie.data("evidence");
  const translated = lang !== "ko" && sentences.some((sentence) => sentence[lang]);
  panel.replaceChildren(
    button(`← ${words.back}`, "", back),
    element("h3", `${tie.source().data("label")} – ${tie.target().data("label")}`),
    element("p", `${words.weight}: ${shortNumber(tie.data("weight"))}`),
    listOf([tie.source(), tie.target()].map((node) => button(node.data("label"), "", () => choose(node)))),
    element("h4", `${words.sentences} (${sentences.length})`),
    ...(translated ? [element("p", words.ours)] : []),
    ...sentences.map((sentence) => quoted(sentence, lang)),
    ...(sentences.length ? [] : [element("p", words.none)]),
  );
}

function quoted(sentence, lang) {
  const quote = element("blockquote", "", "agendagraph-sentence");
  const own = sentence[lang] || sentence.ko || String(sentence);
  const first = element("p", own);
  first.lang = sentence[lang] ? lang : "ko";
  quote.append(first);
  if (sentence.ko && sentence.ko !== own) {
    const original = element("small", sentence.ko);
    original.lang = "ko";
    quote.append(original);
  }
  const place = [sentence[`goal_${lang}`] || sentence.goal_ko, sentence.place].filter(Boolean);
  if (place.length) quote.append(element("small", `— ${place.join(" · ")}`));
  return quote;
}
