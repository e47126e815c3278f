// Plays a film that is not cut yet from what there is of it: clips, stills where there is no clip, a slate where there is nothing.

import { media, small } from "/pages/lib/api.js";
import { clear, h } from "/pages/lib/dom.js";

export class Sequence {
  constructor(page) {
    this.page = page;
    this.clips = page.timeline.clips;
    this.paused = true;
    this.playbackRate = 1;
    this.at = 0;
    this.screen = h("div", { class: "screen" });
    this.voice = h("audio", { preload: "auto" });
    this.node = h("div", { class: "sequence", role: "img", "aria-label": "The shots, one after another" }, this.screen);
    const { width = 16, height = 9 } = page.store.board ?? {};
    this.node.style.aspectRatio = `${width} / ${height}`;
    this.show();
  }

  get currentTime() {
    return this.at;
  }

  set currentTime(seconds) {
    this.at = seconds;
    this.show();
  }

  clip() {
    return this.clips.findLast((one) => one.start <= this.at + 1e-6) ?? this.clips[0];
  }

  show() {
    const clip = this.clip();
    const { store } = this.page;
    if (!clip) return;
    const inside = this.at - clip.start;
    if (clip.shot !== this.shown) {
      this.shown = clip.shot;
      const [video, image, audio] = ["video", "image", "audio"].map((kind) => store.asset(clip.shot, kind)?.asset_id);
      this.video = video ? h("video", { src: media(store.film, video), playsInline: true, muted: Boolean(audio), preload: "auto" }) : null;
      const still = image ? h("img", { src: small(store.film, image, 640), alt: "" }) : h("div", { class: "slate" }, h("strong", {}, clip.shot), h("p", {}, String(store.shot(clip.shot)?.fields.enhanced_prompt ?? "")));
      clear(this.screen, this.video ?? still);
      this.voice.src = audio ? media(store.film, audio) : "";
      if (!this.paused) { this.video?.play().catch(() => {}); if (audio) this.voice.play().catch(() => {}); }
    }
    if (this.video && Math.abs(this.video.currentTime - inside) > 0.35) this.video.currentTime = inside;
  }

  play() {
    this.paused = false;
    this.video?.play().catch(() => {});
    if (this.voice.getAttribute("src")) this.voice.play().catch(() => {});
    let last = performance.now();
    const tick = (now) => {
      if (this.paused) return;
      this.at += ((now - last) / 1000) * this.playbackRate;
      last = now;
      if (this.at >= this.page.timeline.seconds) { this.at = 0; this.pause(); }
      this.show();
      this.page.follow();
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  pause() {
    this.paused = true;
    this.video?.pause();
    this.voice.pause();
  }
}
