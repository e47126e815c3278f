// What happens in the studio, as it happens. The browser comes back by itself, and says where it was.

export class Live extends EventTarget {
  constructor(film, since) {
    super();
    this.source = new EventSource(`/api/v1/events?film=${encodeURIComponent(film)}&since=${since}`);
    for (const kind of ["changed", "production", "happened", "films", "reset"]) {
      this.source.addEventListener(kind, (event) => {
        this.dispatchEvent(new CustomEvent(kind, { detail: JSON.parse(event.data || "{}") }));
      });
    }
    this.source.onerror = () => this.dispatchEvent(new CustomEvent("lost"));
    this.source.onopen = () => this.dispatchEvent(new CustomEvent("found"));
  }

  close() {
    this.source.close();
  }
}
