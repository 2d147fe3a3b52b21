// How the network view looks: the marks of the kinds, the drawing, and the page around it.

// Okabe and Ito's colours, told apart by colour-blind readers as well; and a shape for each
// kind, so that no reader needs the colours.
const MARKS = {
  Country: ["#0072B2", "ellipse", "●"],
  Organization: ["#E69F00", "rectangle", "■"],
  CountryGroup: ["#009E73", "diamond", "◆"],
  Region: ["#CC79A7", "hexagon", "⬢"],
  UnnamedActor: ["#56B4E9", "triangle", "▲"],
  Theme: ["#666666", "pentagon", "⬟"],
};
const OTHERS = [
  ["#D55E00", "vee", "▼"],
  ["#666666", "octagon", "⯃"],
  ["#009E73", "star", "★"],
  ["#CC79A7", "pentagon", "⬟"],
];

/** Colour, shape and character of every kind in `kinds`. */
export function marksOf(kinds) {
  const others = kinds.filter((kind) => !(kind in MARKS));
  return Object.fromEntries(
    kinds.map((kind) => [kind, MARKS[kind] || OTHERS[others.indexOf(kind) % OTHERS.length]]),
  );
}

const FONTS =
  '"Noto Sans KR", "Noto Sans CJK KR", Pretendard, "Apple SD Gothic Neo", "Malgun Gothic", sans-serif';

export const DRAWING = [
  {
    selector: "node",
    style: {
      "background-color": "data(colour)",
      shape: "data(shape)",
      label: "data(label)",
      "font-family": FONTS,
      "font-size": 12,
      "min-zoomed-font-size": 6,
      "text-wrap": "ellipsis",
      "text-max-width": 130,
      "text-valign": "bottom",
      "text-margin-y": 3,
      "text-outline-color": "#fff",
      "text-outline-width": 2,
      color: "#1c1c1c",
      width: "data(size)",
      height: "data(size)",
    },
  },
  {
    selector: "edge",
    style: { width: "data(width)", "line-color": "#9aa0a6", "curve-style": "haystack", opacity: 0.75 },
  },
  { selector: "node:selected", style: { "border-color": "#1c1c1c", "border-width": 3, "z-index": 9 } },
  { selector: "edge:selected", style: { "line-color": "#B3261E", opacity: 1, "z-index": 9 } },
  { selector: "node.quiet", style: { "text-opacity": 0, "text-outline-opacity": 0 } },
  { selector: "node.told, node:selected", style: { "text-opacity": 1, "text-outline-opacity": 1 } },
  { selector: ".faded", style: { opacity: 0.12 } },
];

// The page around the drawing: two columns, or one below the other where there is no room.
const PAGE = `
.agendagraph-network { display: grid; grid-template: auto 1fr auto / minmax(0, 1fr) minmax(15rem, 22rem);
  gap: .5rem; height: 100%; min-height: 20rem; box-sizing: border-box; font: 14px/1.5 ${FONTS};
  color: #1c1c1c; background: #fff; color-scheme: light; word-break: keep-all; overflow-wrap: anywhere; }
.agendagraph-network *, .agendagraph-network *::before { box-sizing: border-box; }
.agendagraph-bar { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: .4rem; align-items: center; }
.agendagraph-bar input { flex: 1 1 12rem; min-width: 0; max-width: 24rem; font: inherit; padding: .25rem .6rem;
  border: 1px solid #767676; border-radius: 4px; }
.agendagraph-network button { font: inherit; color: inherit; cursor: pointer; background: #fff;
  border: 1px solid #767676; border-radius: 4px; padding: .2rem .6rem; min-height: 2rem; min-width: 2rem; }
.agendagraph-network button:hover { background: #eef3f8; }
.agendagraph-network :focus-visible { outline: 3px solid #0072B2; outline-offset: 1px; }
.agendagraph-canvas { position: relative; min-height: 0; border: 1px solid #d0d0d0; border-radius: 4px; overflow: hidden; }
.agendagraph-panel { min-height: 0; overflow: auto; border: 1px solid #d0d0d0; border-radius: 4px; padding: .6rem .8rem; }
.agendagraph-panel h3 { margin: .3rem 0; font-size: 1.05rem; line-height: 1.35; }
.agendagraph-panel h4 { margin: .8rem 0 .2rem; font-size: .95rem; }
.agendagraph-panel p { margin: .3rem 0; }
.agendagraph-panel ul { list-style: none; margin: .3rem 0; padding: 0; }
.agendagraph-panel li { margin: 0 0 .15rem; }
.agendagraph-panel li > button { display: flex; gap: .5rem; width: 100%; text-align: start; border-color: transparent; }
.agendagraph-panel li > button > span + span { margin-inline-start: auto; flex: none; color: #555; }
.agendagraph-sentence { border-inline-start: 3px solid #0072B2; padding-inline-start: .6rem; margin: 0 0 .8rem !important; }
.agendagraph-sentence small { display: block; color: #555; }
.agendagraph-legend { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: .1rem .9rem; font-size: .9rem; margin: 0; padding: 0; list-style: none; }
@media (max-width: 40rem) {
  .agendagraph-network { grid-template: auto minmax(14rem, 1fr) auto minmax(9rem, 42%) / minmax(0, 1fr); }
  .agendagraph-panel { grid-row: 4; }
}
`;

/** Give a page the styles, once; a constructed sheet needs no permission to be inline. */
export function dress(page) {
  if (page.agendagraphDressed) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(PAGE);
  page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet];
  page.agendagraphDressed = true;
}
