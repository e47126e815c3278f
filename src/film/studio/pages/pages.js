// The pages of a film, a row each: its folder, its word in the menu, and the key that opens it.
export const PAGES = [
  { name: "board", label: "Board", icon: "▦" },
  { name: "takes", label: "Takes", icon: "◫" },
  { name: "film", label: "Film", icon: "▶" },
  { name: "assets", label: "Assets", icon: "❖" },
  { name: "costs", label: "Costs", icon: "$" },
  { name: "jobs", label: "Jobs", icon: "⧗" },
  { name: "settings", label: "Settings", icon: "⚙" },
];

export const load = (name) => import(`/pages/${name}/${name}.js`);
