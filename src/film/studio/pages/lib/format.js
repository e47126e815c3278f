// Money, time and words for people. Money comes as exact text and is rounded up where it is a bound.

export function usd(amount, atMost = false) {
  const value = Number(amount);
  if (!Number.isFinite(value)) return `$${amount}`;
  if (value < 0) return `−${usd(-value, atMost)}`;
  if (value === 0) return "$0";
  const places = value < 0.01 ? 4 : 2;
  const unit = 10 ** places;
  const exact = Math.round(value * 1e6) / 1e6;
  const rounded = atMost ? Math.ceil(exact * unit - 1e-9) / unit : Math.round(exact * unit) / unit;
  return rounded === 0 ? "<$0.0001" : `$${rounded.toFixed(places)}`;
}

/** What stands on whatever spends: its exact price, or that nothing is bought. */
export const price = (amount, local) => (Number(amount) > 0 ? usd(amount, true) : local === 0 ? "reused, $0" : "$0");

export const clock = (seconds) => {
  const whole = Math.max(0, Math.round(seconds));
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
};

export function timecode(seconds, rate) {
  const frames = Math.round(seconds * rate);
  const base = Math.round(rate);
  const two = (value) => String(value).padStart(2, "0");
  const whole = Math.floor(frames / base);
  return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}:${two(frames % base)}`;
}

export const count = (number, word, many = `${word}s`) => `${number} ${number === 1 ? word : many}`;

export const KINDS = { image: "picture", video: "clip", audio: "speech" };

export const STATUS = {
  new: { word: "Not made yet", tone: "grey" },
  stale: { word: "Changed", tone: "grey" },
  ordered: { word: "Ordered", tone: "violet" },
  still: { word: "Still only", tone: "blue" },
  review: { word: "Ready to review", tone: "blue" },
  approved: { word: "Approved", tone: "green" },
  queued: { word: "Queued", tone: "violet" },
  making: { word: "Making", tone: "amber" },
  failed: { word: "Failed", tone: "red" },
  wrong: { word: "Has a mistake", tone: "red" },
};

export const ago = (iso) => {
  const seconds = (Date.now() - new Date(iso)) / 1000;
  if (seconds < 90) return "just now";
  if (seconds < 5400) return `${Math.round(seconds / 60)} minutes ago`;
  if (seconds < 129600) return `${Math.round(seconds / 3600)} hours ago`;
  return new Date(iso).toLocaleDateString();
};
