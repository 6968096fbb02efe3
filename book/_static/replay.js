/* <book-replay>: a network's function and breakpoints at the epochs of its training, from the data in the page.
   Without this script the last moment is there as a picture. */
(() => {
  const NAMES = "http://www.w3.org/2000/svg";
  const FRAMES = 12;  // a second
  const ROW = 8;

  class Replay extends HTMLElement {
    connectedCallback() {
      if (this.frames) return;
      const {depth, epochs, frames, box} = JSON.parse(this.querySelector("script").textContent);
      Object.assign(this, {depth, epochs, frames, box, svg: this.querySelector("svg"), timer: 0});
      const {width, height} = this.svg.viewBox.baseVal;
      this.across = (x) => (width * (x - box[0]) / (box[1] - box[0])).toFixed(1);
      this.up = (y) => ((height - 6 * ROW) * (box[3] - y) / (box[3] - box[2])).toFixed(1);
      this.bottom = height;
      this.append(this.controls());
      this.show(frames.length - 1);
      addEventListener("beforeprint", () => { this.stop(); this.show(frames.length - 1); });
    }

    controls() {
      const row = document.createElement("div"), label = document.createElement("label");
      row.className = "replay-controls";
      this.button = document.createElement("button");
      this.button.type = "button";
      this.button.textContent = "Play";
      this.slider = document.createElement("input");
      Object.assign(this.slider, {type: "range", min: 0, max: this.frames.length - 1, step: 1});
      this.said = document.createElement("span");
      this.button.addEventListener("click", () => this.timer ? this.stop() : this.play());
      this.slider.addEventListener("input", () => { this.stop(); this.show(+this.slider.value); });
      label.append("Epoch ", this.slider);
      row.append(this.button, label, this.said);
      return row;
    }

    show(at) {
      const {breakpoints, layers, x, y} = this.frames[at];
      this.slider.value = at;
      const counts = [...Array(this.depth).keys()].map((layer) => layers.filter((each) => each === layer).length);
      this.said.textContent = `${this.epochs[at]}: ${breakpoints.length} breakpoints`;
      this.slider.setAttribute("aria-valuetext", `epoch ${this.epochs[at]}, breakpoints by layer ${counts.join(", ")}`);
      this.svg.querySelector(".replay-net").setAttribute("points", x.map((each, k) => `${this.across(each)},${this.up(y[k])}`).join(" "));
      this.svg.querySelector(".replay-ticks").replaceChildren(...breakpoints.map((each, k) => {
        const tick = document.createElementNS(NAMES, "path");
        tick.setAttribute("d", `M${this.across(each)} ${this.bottom - (6 - layers[k]) * ROW}v${ROW - 2}`);
        tick.setAttribute("style", `stroke: var(--c${layers[k]}); stroke-width: 1.5`);
        return tick;
      }));
    }

    play() {
      const last = this.frames.length - 1;
      if (+this.slider.value >= last) this.show(0);
      this.button.textContent = "Pause";
      this.timer = setInterval(() => {
        this.show(Math.min(+this.slider.value + 1, last));
        if (+this.slider.value >= last) this.stop();
      }, 1000 / FRAMES);
    }

    stop() {
      clearInterval(this.timer);
      this.timer = 0;
      this.button.textContent = "Play";
    }
  }

  addEventListener("DOMContentLoaded", () => customElements.define("book-replay", Replay));
})();
