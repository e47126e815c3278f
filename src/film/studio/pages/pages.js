// The pages of a film, a row each: its folder, its word in the menu, and its sign, drawn in a square of 24.
export const PAGES = [
  { name: "board", label: "Board", sign: "M4 5h7v6H4zM13 5h7v6h-7zM4 13h7v6H4zM13 13h7v6h-7z" },
  { name: "takes", label: "Takes", sign: "M3 6h8v12H3zM13 6h8v12h-8z" },
  { name: "film", label: "Film", sign: "M7 5l12 7-12 7z" },
  { name: "assets", label: "Assets", sign: "M4 8h12v11H4zM8 8V5h12v11h-4" },
  { name: "costs", label: "Costs", sign: "M5 20V10M12 20V4M19 20v-7" },
  { name: "jobs", label: "Jobs", sign: "M9 6h11M9 12h11M9 18h11M4 6h1M4 12h1M4 18h1" },
  { name: "settings", label: "Settings", sign: "M4 7h10M18 7h2M4 17h2M10 17h10M14 4v6M6 14v6" },
];

export const load = (name) => import(`/pages/${name}/${name}.js`);
