// What differs between two texts, word by word: the longest common run of words stays, the rest is del or ins.

export function diff(before, after) {
  const a = before.split(/(\s+)/);
  const b = after.split(/(\s+)/);
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i * width + j] = a[i] === b[j] ? table[(i + 1) * width + j + 1] + 1 : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
    }
  }
  const found = [];
  const add = (kind, text) => { if (found.at(-1)?.kind === kind) found.at(-1).text += text; else found.push({ kind, text }); };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { add("same", a[i]); i += 1; j += 1; }
    else if (j >= b.length || (i < a.length && table[(i + 1) * width + j] >= table[i * width + j + 1])) { add("del", a[i]); i += 1; }
    else { add("ins", b[j]); j += 1; }
  }
  return found;
}
