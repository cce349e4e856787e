/* The review desk. One file, no library. What a document says is put on the screen as text, never as markup:
   nothing here sets innerHTML. */

"use strict";

const texts = JSON.parse(document.getElementById("texts").textContent);

/** A message of the catalogue with its {placeholders} filled in. */
function t(key, values = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

const byId = (id) => document.getElementById(id);

/** An element with a class, a text and children. */
function element(tag, className = "", text = null, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== null) made.textContent = text;
  made.append(...children);
  return made;
}

function button(label, onClick, className = "") {
  const made = element("button", className, label);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

/** The text in isolation: a right-to-left override in it turns nothing around it. */
function isolated(text) {
  return element("bdi", "", text);
}

async function ask(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function send(path, body) {
  return fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** What a person chose for this browser. Storage may be forbidden: then it lasts as long as the page. */
const kept = {
  read(key, otherwise) {
    try { return localStorage.getItem(`desk-${key}`) ?? otherwise; } catch { return otherwise; }
  },
  write(key, value) {
    try { localStorage.setItem(`desk-${key}`, value); } catch { /* lasts as long as the page */ }
  },
};

// ------------------------------------------------------------------------------------------------ both pages

function setUpVisitor() {
  byId("language").addEventListener("click", async () => {
    await send("/api/visit", { language: byId("language").dataset.language });
    location.reload();
  });
  const dialog = byId("name-dialog");
  byId("name-button").addEventListener("click", () => {
    dialog.showModal();
    byId("name-input").select();
  });
  // Enter in the field chooses "save", unless it only ends a composition of an input method.
  byId("name-input").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && isComposing(event)) event.preventDefault();
  });
  dialog.addEventListener("close", async () => {
    const name = byId("name-input").value.trim();
    if (dialog.returnValue !== "save" || !name) return;
    const answer = await send("/api/visit", { name });
    if (answer.ok) byId("name-button").textContent = (await answer.json()).name;
  });
}

/** Whether a key belongs to an input method that is composing (229: Safari, after its composition ended). */
function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

function setUpQueue() {
  const search = byId("search");
  const onlyWaiting = byId("only-waiting");
  const look = () => {
    const wanted = new URLSearchParams();
    if (search.value.trim()) wanted.set("q", search.value.trim());
    if (!onlyWaiting.checked) wanted.set("all", "1");
    location.assign(`/?${wanted}`);
  };
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !isComposing(event)) look();
  });
  search.addEventListener("search", () => { if (!search.value) look(); }); // the cross in the field
  onlyWaiting.addEventListener("change", look);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && event.target === document.body) {
      event.preventDefault();
      search.select();
    }
  });
}

// -------------------------------------------------------------------------------------------------- the sheet

const SHEET_WIDTH = 1000;
const READABLE = 20; // px that a cell should be high
const MOST_SCALE = 1.6; // of a sheet, chosen by the desk
const MARKS = { low: "▼", doubt: "◆", completion: "…", sample: "○", decided: "✓", plain: "" };

/** The page on the left: its picture, the boxes on it, and how it is moved about. */
class Sheet {
  constructor(sha256, pages) {
    this.sha256 = sha256;
    this.pages = new Map(pages.map((page) => [page.page, page]));
    this.stage = byId("stage");
    this.sheet = byId("sheet");
    this.pictures = new Map();
    this.layer = element("div");
    this.page = null;
    this.scale = 0;
    this.x = 0;
    this.y = 0;
    this.onPick = () => {};
    this.onPage = () => {};
    this.stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.stage.addEventListener("pointerdown", (event) => this.drag(event));
    byId("zoom-in").addEventListener("click", () => this.zoom(1.25));
    byId("zoom-out").addEventListener("click", () => this.zoom(0.8));
    byId("fit").addEventListener("click", () => this.chooseFit());
    byId("page-back").addEventListener("click", () => this.turn(-1));
    byId("page-on").addEventListener("click", () => this.turn(1));
    new ResizeObserver(() => { if (this.isFitted) this.fit(); }).observe(this.stage);
  }

  /** Show a page; its picture is fetched once, and those beside it when there is time. */
  show(number) {
    if (number === this.page || !this.pages.has(number)) return;
    this.page = number;
    const page = this.pages.get(number);
    this.height = (SHEET_WIDTH * page.height) / page.width;
    this.sheet.style.width = `${SHEET_WIDTH}px`;
    this.sheet.style.height = `${this.height}px`;
    this.sheet.replaceChildren(...(page.has_picture ? [this.picture(number)] : []), this.layer);
    if (this.scale === 0) this.fit(); else this.place();
    byId("page-number").textContent = `${number} / ${Math.max(...this.pages.keys())}`;
    this.tell();
    this.onPage(number);
    setTimeout(() => [number + 1, number - 1].forEach((n) => this.pages.get(n)?.has_picture && this.picture(n)), 300);
  }

  turn(step) {
    const numbers = [...this.pages.keys()].sort((a, b) => a - b);
    const next = numbers[numbers.indexOf(this.page) + step];
    if (next !== undefined) this.show(next);
  }

  picture(number) {
    if (!this.pictures.has(number)) {
      const image = element("img");
      image.alt = t("desk-picture-of", { page: number });
      image.draggable = false;
      image.decoding = "sync";
      image.addEventListener("error", () => this.missing(number), { once: true });
      image.src = `/pictures/${this.sha256}/${number}`;
      this.pictures.set(number, image);
    }
    return this.pictures.get(number);
  }

  /** The page has no picture: say why, and draw it from the record. */
  async missing(number) {
    const page = this.pages.get(number);
    page.has_picture = false;
    try {
      page.cause = (await fetch(`/pictures/${this.sha256}/${number}`)).headers.get("X-No-Picture") ?? "other";
    } catch {
      page.cause = "other";
    }
    if (number !== this.page) return;
    this.picture(number).remove();
    this.tell();
    this.onPage(number);
  }

  tell() {
    const page = this.pages.get(this.page);
    const key = `desk-picture-${page.cause ?? "office"}`;
    byId("notice").hidden = page.has_picture;
    byId("notice").textContent = page.has_picture ? "" : t(key in texts ? key : "desk-picture-other");
  }

  /** Put boxes on the page: {key, box: [left, top, width, height], kind, print}. */
  draw(boxes, currentKey) {
    const made = boxes.map(({ key, box, kind, print }) => {
      const shown = element("div", `box ${kind}`);
      shown.dataset.key = key;
      const [left, top, width, height] = box.map((part) => `${100 * part}%`);
      Object.assign(shown.style, { left, top, width, height });
      if (MARKS[kind]) shown.append(element("span", "mark", MARKS[kind]));
      if (print) shown.append(element("span", "print", print));
      shown.classList.toggle("current", key === currentKey);
      return shown;
    });
    this.layer.ariaHidden = "true"; // the list says the same in words
    this.layer.replaceChildren(...made);
  }

  /** Bring a box into sight; the zoom stays, once a person chose one: until then it makes the cell readable. */
  reveal([left, top, width, height]) {
    const view = this.stage.getBoundingClientRect();
    const high = height * this.height * this.scale;
    if (!this.isChosen && high < READABLE) this.scale = Math.min(MOST_SCALE, (this.scale * READABLE) / high);
    const x0 = this.x + left * SHEET_WIDTH * this.scale;
    const y0 = this.y + top * this.height * this.scale;
    const x1 = x0 + width * SHEET_WIDTH * this.scale;
    const y1 = y0 + height * this.height * this.scale;
    const margin = 48;
    if (y0 < margin || y1 > view.height - margin) this.y += view.height / 2 - (y0 + y1) / 2;
    if (x0 < 0 || x1 > view.width) this.x += view.width / 2 - (x0 + x1) / 2;
    // No more desk beside the page than need be.
    const [wide, tall] = [SHEET_WIDTH * this.scale, this.height * this.scale];
    this.x = wide > view.width ? Math.min(0, Math.max(view.width - wide, this.x)) : (view.width - wide) / 2;
    if (tall > view.height) this.y = Math.min(margin, Math.max(view.height - tall, this.y));
    this.place();
  }

  chooseFit() {
    this.isChosen = true;
    this.fit();
  }

  fit() {
    const view = this.stage.getBoundingClientRect();
    const wide = view.width / SHEET_WIDTH;
    const whole = Math.min(wide, view.height / this.height);
    this.scale = this.isFitted && Math.abs(this.scale - wide) < 1e-6 && whole < wide ? whole : wide;
    this.isFitted = true;
    this.x = (view.width - SHEET_WIDTH * this.scale) / 2;
    this.y = this.scale === whole ? (view.height - this.height * this.scale) / 2 : 0;
    this.place();
  }

  zoom(factor, x = this.stage.clientWidth / 2, y = this.stage.clientHeight / 2) {
    const scale = Math.min(6, Math.max(0.15, this.scale * factor));
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.isFitted = false;
    this.isChosen = true;
    this.place();
  }

  place() {
    this.sheet.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
  }

  wheel(event) {
    event.preventDefault();
    const view = this.stage.getBoundingClientRect();
    if (event.ctrlKey) {
      this.zoom(Math.exp(-event.deltaY / 300), event.clientX - view.left, event.clientY - view.top);
      return;
    }
    this.x -= event.shiftKey ? event.deltaY : event.deltaX;
    this.y -= event.shiftKey ? 0 : event.deltaY;
    this.place();
  }

  /** Pointer position as parts of the page. */
  at(event) {
    const sheet = this.sheet.getBoundingClientRect();
    return [(event.clientX - sheet.left) / sheet.width, (event.clientY - sheet.top) / sheet.height];
  }

  drag(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    if (this.onDraw) {
      this.onDraw(event);
      return;
    }
    const start = [event.clientX - this.x, event.clientY - this.y];
    let moved = false;
    const move = (now) => {
      moved ||= Math.hypot(now.clientX - event.clientX, now.clientY - event.clientY) > 4;
      if (!moved) return;
      this.stage.classList.add("dragging");
      [this.x, this.y] = [now.clientX - start[0], now.clientY - start[1]];
      this.isFitted = false;
      this.place();
    };
    const end = () => {
      this.stage.classList.remove("dragging");
      removeEventListener("pointermove", move);
      const box = event.target.closest(".box");
      if (!moved && box !== null) this.onPick(box.dataset.key, event);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end, { once: true });
  }
}

// --------------------------------------------------------------------------------------------------- the desk

const DECIDED = new Set(["accepted", "corrected", "unreadable"]);
const LOW = 0.7;
const PRESENCE_MS = 30_000;
const PREVIEW_MS = 120;
// How the server cuts a cell out: resolution, and margin in heights of the cell.
const CROP_DPI = 300;
const CROP_MARGIN = 0.15;
const CROP_HEIGHT = 120; // px, at most
const CROP_BESIDE = 330; // px of a row that the other columns take

class Desk {
  constructor(doc) {
    this.doc = doc;
    this.path = `/api/documents/${doc.sha256}`;
    this.sheet = new Sheet(doc.sha256, doc.pages);
    this.items = new Map(); // of the table that is shown, in its order
    this.rows = new Map();
    this.touched = new Set(); // decided in this session: they stay in sight
    this.undoable = [];
    this.saving = new Map(); // key -> the decision that is on its way, or failed
    this.drafts = new Map(); // key -> text that was typed and not decided on
    this.current = null;
    this.list = byId("list");
    this.onlyWaiting = byId("only-waiting");
    this.search = byId("search");
    this.singleKeys = byId("single-keys");
    this.setUp();
  }

  setUp() {
    this.grid = new GridRepair(this);
    this.sheet.onPick = (key, event) => {
      if (this.grid.isOpen) this.grid.pick(key, event);
      else if (this.items.has(key)) this.select(key);
    };
    this.sheet.onPage = () => (this.grid.isOpen ? this.grid.load() : this.drawBoxes());
    this.onlyWaiting.addEventListener("change", () => this.listRows());
    this.search.addEventListener("input", () => this.listRows());
    byId("tables").addEventListener("change", (event) => this.open(Number(event.target.value)));
    byId("help-button").addEventListener("click", () => byId("help").showModal());
    this.singleKeys.checked = kept.read("single-keys", "on") === "on";
    this.singleKeys.addEventListener("change", () => kept.write("single-keys", this.singleKeys.checked ? "on" : "off"));
    document.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest(".row");
      if (row !== null && row.dataset.key !== this.current) this.select(row.dataset.key);
    });
    addEventListener("beforeunload", (event) => {
      if (this.drafts.size || [...this.saving.values()].some((state) => state.failed)) event.preventDefault();
    });
    this.showTables();
    this.showOrphans();
    this.beHere();
    setInterval(() => document.visibilityState === "visible" && this.beHere(), PRESENCE_MS);
    const wanted = /^#table-(\d+)$/.exec(location.hash);
    const first = this.doc.tables.find((table) => table.waiting) ?? this.doc.tables[0];
    if (first !== undefined) this.open(wanted ? Number(wanted[1]) : first.number);
  }

  // ------------------------------------------------------------------------------------------- tables

  async open(number, { select = null } = {}) {
    const table = await ask(`${this.path}/tables/${number}`);
    this.number = number;
    this.version = table.version;
    byId("tables").value = String(number);
    history.replaceState(null, "", `#table-${number}`);
    this.items = new Map(table.items.map((item) => [item.key, item]));
    this.showWhole(table);
    this.listRows();
    const key = select !== null && this.items.has(select) ? select : this.firstKey();
    if (key !== null) this.select(key); else this.showPageOfTable();
  }

  firstKey() {
    const visible = this.visible();
    const waiting = visible.find((item) => item.needs.length);
    return (waiting ?? visible[0] ?? { key: null }).key;
  }

  showPageOfTable() {
    this.current = null;
    const pages = this.doc.tables[this.number]?.pages ?? [];
    this.sheet.show(pages[0] ?? this.doc.pages[0]?.page);
    this.drawBoxes();
  }

  showTables() {
    byId("tables").replaceChildren(
      ...this.doc.tables.map((table) => {
        const waiting = table.waiting ? `  ◆ ${table.waiting}` : "  ✓";
        const form = t(`desk-form-${table.form}`);
        const option = element("option", "", `${table.id}  ${form}  ${table.title}${waiting}`);
        option.value = String(table.number);
        option.selected = table.number === this.number;
        return option;
      }),
    );
  }

  /** What is about the table as a whole: progress, sums, findings. */
  showWhole(table) {
    this.whole = table;
    byId("waiting").textContent = String(table.waiting);
    byId("queued").textContent = String(table.queued);
    const progress = byId("progress");
    progress.max = Math.max(1, table.queued);
    progress.value = table.queued - table.waiting;
    table.tables.forEach(([waiting, queued], number) => Object.assign(this.doc.tables[number], { waiting, queued }));
    this.showTables();
    this.showSums(table.sums);
    this.showFindings(table.findings);
  }

  showSums(sums) {
    const before = this.wrongSums ?? new Set();
    this.wrongSums = new Set(sums.filter((sum) => sum.right === false).map((sum) => this.sumName(sum)));
    const wrong = this.wrongSums.size;
    byId("sums-count").textContent = sums.length ? (wrong ? `✗ ${wrong} / ${sums.length}` : `✓ ${sums.length}`) : "";
    byId("sums-count").className = wrong ? "wrong" : "right";
    const lines = sums.map((sum) => {
      const line = element("div", "sum");
      line.classList.toggle("turned", sum.right === true && before.has(this.sumName(sum)));
      line.append(element("span", "title", sum.total.name || t(`code-${sum.code}`)), this.term(sum.total), " = ");
      sum.parts.forEach((part, index) => line.append(index ? " + " : "", this.term(part)));
      const [sign, kind, words] = {
        true: ["✓", "right", t("desk-sum-right")],
        false: ["✗", "wrong", t("desk-sum-wrong", { difference: sum.difference })],
        null: ["?", "doubt", t("desk-sum-open")],
      }[String(sum.right)];
      line.append(element("span", `verdict ${kind}`, `${sign} ${words}`));
      return line;
    });
    byId("sums").replaceChildren(...(lines.length ? lines : [element("p", "note", t("desk-arithmetic-none"))]));
  }

  sumName(sum) {
    return `${sum.code} ${sum.total.key ?? sum.total.name}`;
  }

  term(term) {
    if (term.key === null) return element("span", "", term.text);
    const made = button(term.text || t("desk-blank"), () => this.go(term.key));
    made.title = term.name;
    made.dataset.term = term.key;
    made.classList.toggle("current", term.key === this.current);
    return made;
  }

  showFindings(findings) {
    byId("findings-count").textContent = findings.length ? String(findings.length) : "";
    const signs = { error: "✗", warning: "⚠", info: "ⓘ" };
    const kinds = { error: "wrong", warning: "doubt", info: "" };
    const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
    const lines = findings.map((finding) => {
      const words = `${signs[finding.severity]} ${t(`desk-severity-${finding.severity}`)}`;
      const line = element("li", "", null, element("span", `findings-sign ${kinds[finding.severity]}`, words), " ");
      line.append(finding.key ? button(finding[language], () => this.go(finding.key)) : isolated(finding[language]));
      return line;
    });
    byId("findings").replaceChildren(...(lines.length ? lines : [element("li", "note", t("desk-findings-none"))]));
  }

  showOrphans() {
    byId("orphans-box").hidden = this.doc.orphans.length === 0;
    byId("orphans-count").textContent = String(this.doc.orphans.length);
    byId("orphans").replaceChildren(
      ...this.doc.orphans.map((decision) => {
        const line = element("li", "", `${this.roleName(decision)}  `);
        line.append(isolated(decision.machine), " → ", isolated(decision.after ?? t("desk-blank-unreadable")), "  ");
        line.append(t("desk-decided-by", { by: decision.by, at: this.when(decision.at) }), " ");
        line.append(button(t("desk-withdraw"), () => this.withdraw(decision.uid)));
        return line;
      }),
    );
  }

  async withdraw(uid) {
    const answer = await send(`${this.path}/withdraw`, { uid });
    const doc = answer.ok ? await answer.json() : await ask(this.path);
    this.doc.orphans = doc.orphans;
    this.showOrphans();
  }

  // --------------------------------------------------------------------------------------------- rows

  visible() {
    const wanted = this.search.value.trim().toLowerCase();
    const all = [...this.items.values()];
    if (wanted) {
      return all.filter((item) =>
        [item.machine, item.text ?? "", this.roleName(item)].some((text) => text.toLowerCase().includes(wanted)));
    }
    if (!this.onlyWaiting.checked) return all;
    return all.filter((item) => item.needs.length || this.touched.has(item.key));
  }

  listRows() {
    this.rows.clear();
    const rows = this.visible().map((item) => {
      const row = this.emptyRow(item);
      this.rows.set(item.key, row);
      this.fillRow(item);
      return row;
    });
    this.end = element("div", "end");
    this.end.tabIndex = -1;
    this.list.replaceChildren(...rows, this.end);
    this.showEnd(false);
    if (this.current !== null && this.rows.has(this.current)) this.mark(this.current);
    this.drawBoxes();
  }

  emptyRow(item) {
    const row = element("div", "row");
    row.setAttribute("role", "row");
    row.dataset.key = item.key;
    row.tabIndex = -1;
    for (const part of ["number", "field", "text", "confidence", "status"]) {
      const cell = element("div", part);
      cell.setAttribute("role", "cell");
      row.append(cell);
    }
    return row;
  }

  fillRow(item) {
    const row = this.rows.get(item.key);
    if (row === undefined) return;
    const [number, field, text, confidence, status] = row.children;
    number.textContent = item.row ?? "";
    field.replaceChildren(isolated(this.roleName(item)));
    confidence.replaceChildren(this.badge(item.confidence));
    status.replaceChildren(...this.state(item));
    row.setAttribute("aria-label", this.spoken(item));
    const said = element("div", "said", null, isolated(this.shown(item)));
    const why = element("div", "reasons", null, ...this.reasons(item));
    text.replaceChildren(said, element("div", "more"), why, element("div", "more"));
    if (item.key === this.current) this.fillMore(item);
  }

  /** The part of a row that only the current one has: the print, the editable text, the facts, the actions. */
  fillMore(item) {
    const row = this.rows.get(item.key);
    const [above, below] = row.getElementsByClassName("more");
    const parts = [];
    const place = item.places[0];
    if (place !== undefined && this.sheet.pages.get(place.page)?.has_picture) parts.push(this.crop(place));
    const edit = element("textarea");
    edit.rows = 1;
    edit.value = this.drafts.get(item.key) ?? item.text ?? "";
    edit.placeholder = item.text === null ? t("desk-blank-unreadable") : t("desk-blank");
    edit.setAttribute("aria-label", `${this.roleName(item)}: ${t("desk-column-text")}`);
    edit.spellcheck = false;
    edit.addEventListener("input", () => this.typed(item, edit));
    edit.addEventListener("keydown", (event) => this.keyInText(event, item, edit));
    above.replaceChildren(...parts, edit);
    below.replaceChildren(...this.facts(item), this.actions(item));
    if (item.status === "flagged") below.append(this.colleague(item));
    this.grow(edit);
  }

  /** The cell as it is printed, large. Its room is kept free, so that nothing moves when it comes. */
  crop(place) {
    const image = element("img", "crop");
    image.alt = t("desk-as-printed");
    image.decoding = "async";
    const page = this.sheet.pages.get(place.page);
    const pixels = page.unit === "pt" ? CROP_DPI / 72 : 1;
    const margin = 2 * CROP_MARGIN * place.box[3] * page.height;
    const wide = (place.box[2] * page.width + margin) * pixels;
    const high = (place.box[3] * page.height + margin) * pixels;
    const scale = Math.min(1, CROP_HEIGHT / high, (this.list.clientWidth - CROP_BESIDE) / wide);
    image.style.width = `${wide * scale}px`;
    image.style.height = `${high * scale}px`;
    image.src = `/pictures/${this.doc.sha256}/${place.page}/${place.units.map((v) => v.toFixed(2)).join(",")}`;
    image.addEventListener("error", () => image.remove());
    return image;
  }

  actions(item) {
    const made = element("div", "actions");
    const add = (label, key, onClick) => {
      const shown = button(label, onClick);
      shown.append(" ", element("kbd", "", key));
      made.append(shown);
    };
    add(`✓ ${t("desk-accept")}`, "Enter", () => this.acceptOrCorrect());
    add(`✎ ${t("desk-edit")}`, "E", () => this.edit());
    add(`✗ ${t("desk-unreadable")}`, "X", () => this.decide("unreadable"));
    add(`⚑ ${t("desk-flag")}`, "F", () => this.decide("flag", null, { stay: true }));
    if (item.decision) add(`↶ ${t("desk-undo")}`, "U", () => this.undo(item.key));
    add(`↑ ${t("desk-previous")}`, "K", () => this.step(-1));
    add(`↓ ${t("desk-next")}`, "J", () => this.step(1));
    return made;
  }

  colleague(item) {
    const made = element("div", "colleague");
    const note = element("input");
    note.maxLength = 500;
    note.value = item.decision?.note ?? "";
    note.placeholder = t("desk-note");
    note.setAttribute("aria-label", t("desk-note"));
    const keep = () => this.decide("flag", null, { stay: true, note: note.value.trim() });
    note.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !isComposing(event)) keep();
    });
    made.append(note, button(t("desk-save"), keep));
    return made;
  }

  /** Why the text waits, and what it might be instead. */
  reasons(item) {
    const made = item.needs.map((need) => {
      const sign = { completion: "…", sample: "○" }[need.group] ?? "⚠";
      return element("span", `why ${need.group}`, `${sign} ${this.needText(item, need)}`);
    });
    if (item.alternatives.length) {
      const all = element("span", "alternatives");
      item.alternatives.forEach((alternative, index) => {
        const chip = button("", () => {
          if (item.key !== this.current) this.select(item.key);
          this.take(index);
        });
        chip.append(element("kbd", "", String(index + 1)), isolated(alternative.text));
        const origin = t(`desk-origin-${alternative.origin}`);
        const share = alternative.probability === null ? "" : ` ${Math.round(100 * alternative.probability)}%`;
        chip.append(element("small", "", origin + share));
        chip.title = t("desk-take");
        all.append(chip);
      });
      made.push(all);
    }
    return made;
  }

  needText(item, need) {
    const length = item.rule?.length ?? "";
    if (need.detail === "name-doubtful") return t("desk-need-doubtful", { length });
    if (need.code === "completion") return t("desk-need-completion", { length });
    const values = { machine: item.decision?.machine ?? "", by: item.decision?.by ?? "" };
    const code = need.detail && `code-${need.detail}` in texts ? t(`code-${need.detail}`) : need.detail;
    if (need.code === "reason" || need.code === "finding") return code || t("desk-need-reason");
    return t(`desk-need-${need.code}`, values);
  }

  /** What else there is to know: what the machine read, what the rules made of it, who decided. */
  facts(item) {
    const lines = [];
    const line = (...parts) => lines.push(element("div", "facts", null, ...parts));
    if (item.text !== item.machine) line(`${t("desk-machine-text")}: `, isolated(item.machine || t("desk-blank")));
    if (item.rule?.kind === "name") line(isolated(t("desk-rule-printed", { text: item.rule.printed })));
    if (item.rule?.kind === "value") line(`${t("desk-rule")}: `, element("b", "", this.value(item.rule)));
    if (item.shared > 1) line(t("desk-shared", { count: item.shared }));
    if (!item.places.length) line(t("desk-no-cell"));
    else if (!item.exact) line(t("desk-row-only"));
    if (item.decision) {
      const { by, at, note } = item.decision;
      line(isolated(t("desk-decided-by", { by, at: this.when(at) })), note ? ` ${note}` : "");
    }
    return lines;
  }

  value(rule) {
    const number = [rule.value, rule.value_upper].filter(Boolean).join("–");
    const parts = [rule.operator, number, rule.unit, number ? "" : rule.qualitative].filter(Boolean);
    const period = [rule.period_start, rule.period_end].filter(Boolean).join(" – ");
    return [parts.join(" "), period].filter(Boolean).join("  ") || t("desk-rule-none");
  }

  badge(confidence) {
    if (confidence === null) return element("span", "badge none", "—");
    const [sign, kind] = confidence < LOW ? ["▼", "low"] : confidence < 0.9 ? ["◆", "middle"] : ["●", "sure"];
    return element("span", `badge ${kind}`, `${sign} ${Math.floor(100 * confidence)}%`);
  }

  state(item) {
    const saving = this.saving.get(item.key);
    if (saving?.failed) {
      return [element("span", "state unsaved", `⚠ ${t("desk-status-unsaved")} `),
        button(t("desk-retry"), () => this.save(item.key, saving.wish))];
    }
    const status = this.status(item);
    const sign = { accepted: "✓ ", corrected: "✓ ", unreadable: "✗ ", flagged: "⚑ ", changed: "⚠ ", disputed: "⚠ " };
    return [element("span", `state ${status}`, (sign[status] ?? "") + t(`desk-status-${status}`))];
  }

  status(item) {
    if (this.saving.has(item.key)) return "saving";
    return item.status === "pending" && !item.needs.length ? "idle" : item.status;
  }

  spoken(item) {
    const confidence = item.confidence === null ? "" : `${Math.floor(100 * item.confidence)}%`;
    const needs = item.needs.map((need) => this.needText(item, need));
    return [this.roleName(item), this.shown(item), confidence, t(`desk-status-${this.status(item)}`), ...needs]
      .filter(Boolean).join(", ");
  }

  shown(item) {
    return item.text === null ? t("desk-blank-unreadable") : item.text || t("desk-blank");
  }

  roleName(item) {
    return item.label || t(`desk-role-${item.role.replace(".", "-")}`);
  }

  when(at) {
    return new Date(at).toLocaleString(document.documentElement.lang);
  }

  // ----------------------------------------------------------------------------------------- choosing

  /** Make a text the current one: frame it on the page, open its row. */
  select(key, { focus = true } = {}) {
    const item = this.items.get(key);
    if (item === undefined) return;
    if (!this.rows.has(key)) {
      this.touched.add(key); // chosen on the page or in a sum, though the list leaves it out
      this.search.value = "";
      this.listRows();
    }
    const before = this.current;
    this.current = key;
    if (before !== null && before !== key) this.leave(before);
    this.mark(key);
    this.fillMore(item);
    if (focus) this.rows.get(key)?.focus({ preventScroll: true });
    this.rows.get(key)?.scrollIntoView({ block: "nearest" });
    const place = item.places[0];
    if (place !== undefined) this.sheet.show(place.page);
    else if (this.sheet.page === null) this.sheet.show(this.doc.tables[this.number].pages[0] ?? 1);
    this.drawBoxes();
    if (place?.box) this.sheet.reveal(place.box);
    for (const term of byId("sums").querySelectorAll("[data-term]")) {
      term.classList.toggle("current", term.dataset.term === key);
    }
  }

  mark(key) {
    const row = this.rows.get(key);
    if (row === undefined) return;
    row.classList.add("current");
    row.tabIndex = 0;
    row.setAttribute("aria-current", "true");
  }

  leave(key) {
    const row = this.rows.get(key);
    if (row === undefined) return;
    row.classList.remove("current");
    row.tabIndex = -1;
    if (this.drafts.has(key)) this.endPreview();
    row.removeAttribute("aria-current");
    for (const more of row.getElementsByClassName("more")) more.replaceChildren();
  }

  /** Go to a text of any table. */
  go(key) {
    if (this.items.has(key)) this.select(key);
  }

  step(direction) {
    const keys = [...this.rows.keys()];
    const at = keys.indexOf(this.current);
    const next = keys[at + direction];
    if (next !== undefined) this.select(next);
    else if (direction > 0) this.goOn();
  }

  /** The next text that waits: below, then above, then in another table, then in another document. */
  goOn() {
    const keys = [...this.rows.keys()];
    const at = keys.indexOf(this.current);
    const waits = (key) => this.items.get(key).needs.length > 0 && !this.saving.has(key);
    const next = [...keys.slice(at + 1), ...keys.slice(0, Math.max(at, 0))].find(waits);
    if (next !== undefined) {
      this.select(next);
      return;
    }
    const table = this.doc.tables.find((other) => other.waiting && other.number !== this.number);
    if (table !== undefined) {
      this.say(t("desk-done-table"));
      this.open(table.number);
      return;
    }
    this.showEnd(true);
  }

  showEnd(isDone) {
    this.end.replaceChildren();
    if (!isDone && this.rows.size) return;
    if ([...this.items.values()].some((item) => item.needs.length) && !isDone) return;
    const words = this.doc.tables.some((table) => table.waiting) ? "desk-done-table" : "desk-done-document";
    this.end.append(element("span", "", t(words)), button(t("desk-next-document"), () => this.nextDocument()));
    if (isDone) {
      this.say(t(words));
      if (this.current !== null) this.leave(this.current);
      this.current = null;
      this.drawBoxes();
      this.end.focus();
      this.end.scrollIntoView({ block: "nearest" });
    }
  }

  async nextDocument() {
    const { sha256 } = await ask(`/api/next/${this.doc.sha256}`);
    if (sha256) location.assign(`/documents/${sha256}`);
    else this.end.replaceChildren(element("span", "", t("desk-done-all")));
  }

  drawBoxes() {
    if (this.grid.isOpen) return;
    const page = this.sheet.page;
    const hasPicture = this.sheet.pages.get(page)?.has_picture;
    const boxes = [];
    for (const item of this.items.values()) {
      const kind = this.kind(item, hasPicture);
      if (kind === null && item.key !== this.current) continue;
      for (const place of item.places) {
        if (place.page !== page || place.box === null) continue;
        boxes.push({ key: item.key, box: place.box, kind: kind ?? "", print: hasPicture ? "" : this.shown(item) });
      }
    }
    this.sheet.draw(boxes, this.current);
  }

  /** How a text's box is shown; null: not at all. */
  kind(item, hasPicture) {
    if (DECIDED.has(item.status)) return "decided";
    if (item.needs.length) {
      const groups = new Set(item.needs.map((need) => need.group));
      if (!groups.has("doubt")) return groups.has("completion") ? "completion" : "sample";
      return item.confidence !== null && item.confidence < LOW ? "low" : "doubt";
    }
    return hasPicture ? null : "plain";
  }

  // ----------------------------------------------------------------------------------------- deciding

  edit() {
    const text = this.rows.get(this.current)?.querySelector("textarea");
    text?.focus();
    text?.setSelectionRange(text.value.length, text.value.length);
  }

  grow(text) {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight + 3}px`;
  }

  typed(item, text) {
    this.grow(text);
    if (text.value === (item.text ?? "")) this.drafts.delete(item.key);
    else this.drafts.set(item.key, text.value);
    this.rows.get(item.key)?.classList.toggle("preview", this.drafts.has(item.key));
    clearTimeout(this.previewTimer);
    this.previewTimer = setTimeout(() => this.preview(item, text), PREVIEW_MS);
  }

  /** Show the sums and findings of what is decided, no longer those of a text that is being typed. */
  endPreview() {
    clearTimeout(this.previewTimer);
    this.showSums(this.whole.sums);
    this.showFindings(this.whole.findings);
  }

  /** What the sums and the rules would say of the text as it is typed now. */
  async preview(item, text) {
    const answer = await send(`${this.path}/preview`, { key: item.key, text: text.value });
    if (!answer.ok || item.key !== this.current || document.activeElement !== text) return;
    const table = await answer.json();
    this.showSums(table.sums);
    this.showFindings(table.findings);
    const now = table.items.find((other) => other.key === item.key);
    const shown = this.rows.get(item.key)?.querySelector(".facts b");
    if (shown && now?.rule?.kind === "value") shown.textContent = this.value(now.rule);
  }

  keyInText(event, item, text) {
    if (isComposing(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      this.acceptOrCorrect();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      this.drafts.delete(item.key);
      this.rows.get(item.key)?.classList.remove("preview");
      this.fillMore(item);
      this.endPreview();
      this.rows.get(item.key)?.focus();
    }
  }

  acceptOrCorrect() {
    const item = this.items.get(this.current);
    const text = this.rows.get(this.current)?.querySelector("textarea");
    if (item === undefined || text === null) return;
    const value = text.value.trim();
    if (value === (item.text ?? "").trim() && item.text !== null) this.decide("accept");
    else this.decide("correct", value);
  }

  take(index) {
    const alternative = this.items.get(this.current)?.alternatives[index];
    if (alternative !== undefined) this.decide("alternative", alternative.text);
  }

  /** Decide about the current text and go on; the answer is not waited for. */
  decide(action, text = null, { stay = false, note = "" } = {}) {
    const key = this.current;
    const item = this.items.get(key);
    if (item === undefined || this.saving.has(key)) return;
    this.touched.add(key);
    this.undoable.push(key);
    this.drafts.delete(key);
    this.rows.get(key)?.classList.remove("preview");
    this.save(key, { action, text, note });
    if (!stay) this.goOn();
  }

  undo(key = null) {
    let wanted = key ?? this.undoable.at(-1) ?? null;
    if (wanted === null && this.items.get(this.current)?.decision) wanted = this.current;
    if (wanted === null || this.saving.has(wanted)) return;
    this.undoable = this.undoable.filter((other, index, all) => index !== all.lastIndexOf(wanted));
    if (!this.items.has(wanted)) return;
    this.touched.add(wanted);
    this.select(wanted);
    this.save(wanted, { action: "undo", text: null, note: "" });
  }

  async save(key, wish) {
    const item = this.items.get(key);
    this.saving.set(key, { wish, failed: false });
    this.fillRow(item);
    this.drawBoxes();
    let answer = null;
    try {
      answer = await send(`${this.path}/decisions`, { key, seen: item.seen, ...wish });
    } catch { /* the desk is not reached */ }
    if (answer?.ok) {
      this.saving.delete(key);
      await this.apply(await answer.json());
      this.say(`${this.roleName(item)}: ${t(`desk-status-${this.items.get(key)?.status ?? "accepted"}`)}`);
    } else if (answer?.status === 409) {
      this.saving.delete(key);
      await this.conflict(key, wish, (await answer.json()).current);
    } else {
      this.saving.set(key, { wish, failed: true });
      this.fillRow(item);
      this.say(t("desk-failed"));
    }
  }

  /** Take what a decision changed. Answers may overtake each other, and others decide too: then all is asked for. */
  async apply(table) {
    if (table.number !== this.number) return;
    if (table.version === this.version + 1) this.adopt(table);
    else await this.reload();
  }

  adopt(table) {
    this.version = table.version;
    const before = [...this.items.keys()];
    const changed = new Map(table.items.map((item) => [item.key, item]));
    this.items = new Map(table.keys.map((key) => [key, changed.get(key) ?? this.items.get(key)]));
    this.showWhole(table);
    if (before.length !== table.keys.length || before.some((key, index) => key !== table.keys[index])) {
      this.listRows();
      if (this.current !== null && !this.items.has(this.current)) this.goOn();
      else if (this.current !== null) this.select(this.current);
      return;
    }
    for (const item of changed.values()) {
      if (item.key === this.current && this.isEditing()) continue; // not under the hands of who is typing
      this.fillRow(item);
    }
    this.drawBoxes();
  }

  isEditing() {
    return document.activeElement?.tagName === "TEXTAREA" && document.activeElement.closest(".row.current") !== null;
  }

  /** Somebody decided about the same text meanwhile: show both, let the person choose. */
  async conflict(key, wish, theirs) {
    await this.reload();
    const item = this.items.get(key);
    if (item === undefined) return;
    this.select(key);
    const mine = wish.text ?? (wish.action === "unreadable" ? t("desk-blank-unreadable") : t(`desk-${wish.action}`));
    byId("conflict-note").textContent = t("desk-conflict-note", { by: theirs.by });
    byId("conflict-theirs").replaceChildren(isolated(theirs.after ?? t("desk-blank-unreadable")));
    byId("conflict-mine").replaceChildren(isolated(mine));
    const dialog = byId("conflict");
    dialog.returnValue = "keep";
    dialog.showModal();
    await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
    if (dialog.returnValue === "replace") await this.save(key, wish);
    else this.undoable = this.undoable.filter((other) => other !== key);
    this.rows.get(key)?.focus();
  }

  async reload() {
    const table = await ask(`${this.path}/tables/${this.number}`);
    if (table.number !== this.number || table.version < this.version) return;
    this.adopt({ ...table, keys: table.items.map((item) => item.key) });
  }

  // -------------------------------------------------------------------------------------- other people

  async beHere() {
    try {
      const { taken, version } = await ask(`${this.path}/presence`);
      const names = [...new Set(taken)].join("、");
      byId("taken").hidden = taken.length === 0;
      byId("taken").replaceChildren(`${t("desk-taken")} `, isolated(names));
      byId("taken").title = taken.length ? t("desk-taken-note", { names }) : "";
      if (this.version !== undefined && version !== this.version && this.saving.size === 0) await this.reload();
    } catch { /* the next time may do better */ }
  }

  say(text) {
    byId("said").textContent = text;
  }

  // --------------------------------------------------------------------------------------------- keys

  key(event) {
    if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") !== null || this.grid.isOpen) return;
    const { target } = event;
    if (target === this.search) {
      this.keyInSearch(event);
      return;
    }
    if (target.matches("textarea, select, input:not([type=checkbox])")) return;
    const done = this.always(event) || (this.singleKeys.checked && this.single(event));
    if (done) event.preventDefault();
  }

  keyInSearch(event) {
    if (event.key === "Escape") {
      this.search.value = "";
      this.listRows();
      this.rows.get(this.current)?.focus();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const first = this.visible()[0];
      if (first === undefined) return;
      this.search.value = ""; // found: the list is whole again around it
      this.touched.add(first.key);
      this.listRows();
      this.select(first.key);
    }
  }

  /** The keys that nobody hits by speaking or by accident; they stay when single letters are switched off. */
  always(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.step(event.key === "ArrowDown" ? 1 : -1);
      return true;
    }
    if (event.key !== "Enter" || event.target.closest("button, a, summary") !== null) return false;
    if (this.current === null) this.nextDocument();
    else this.acceptOrCorrect();
    return true;
  }

  single(event) {
    const actions = {
      j: () => (this.current === null ? this.nextDocument() : this.step(1)),
      k: () => (this.current === null ? this.select([...this.rows.keys()].at(-1)) : this.step(-1)),
      e: () => this.edit(),
      x: () => this.decide("unreadable"),
      u: () => this.undo(),
      f: () => this.decide("flag", null, { stay: true }),
      "/": () => this.search.focus(),
      "?": () => byId("help").showModal(),
      "+": () => this.sheet.zoom(1.25),
      "=": () => this.sheet.zoom(1.25),
      "-": () => this.sheet.zoom(0.8),
      0: () => this.sheet.chooseFit(),
    };
    const key = event.key.toLowerCase();
    const action = /^[1-9]$/.test(key) ? () => this.take(Number(key) - 1) : actions[key];
    action?.();
    return action !== undefined;
  }
}

// ------------------------------------------------------------------------------------------------- the grid

const JOB_MS = 700;

/** The repair of a page's grid: its cells are chosen, merged and split here; the desk keeps them tiling. */
class GridRepair {
  constructor(desk) {
    this.desk = desk;
    this.sheet = desk.sheet;
    this.isOpen = false;
    this.tables = [];
    this.chosen = new Set();
    this.tools = byId("grid-tools");
    byId("grid-button").addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    for (const tool of this.tools.querySelectorAll("[data-grid]")) {
      tool.addEventListener("click", () => this.use(tool.dataset.grid));
    }
    document.addEventListener("keydown", (event) => {
      if (this.isOpen && event.key === "Escape") this.close();
    });
  }

  async open() {
    if (!this.hasPaper()) return;
    this.isOpen = true;
    this.show();
    await this.load();
  }

  close() {
    this.isOpen = false;
    this.sheet.onDraw = null;
    this.show();
    this.desk.drawBoxes();
  }

  show() {
    this.tools.hidden = !this.isOpen;
    byId("grid-button").setAttribute("aria-pressed", String(this.isOpen));
  }

  /** Office files have rows and columns of their own: there is nothing to repair. */
  hasPaper() {
    const page = this.sheet.pages.get(this.sheet.page);
    return page !== undefined && page.has_paper;
  }

  path(what) {
    return `${this.desk.path}/pages/${this.sheet.page}/${what}`;
  }

  async load() {
    const grid = await ask(this.path("grid"));
    this.version = grid.version;
    this.read = grid.read;
    const given = grid.given.map((table) => ({ ...table, edited: true }));
    this.tables = [...given, ...grid.read.filter((table) => !given.some((other) => this.overlap(table, other)))];
    this.reset("desk-grid-hint");
  }

  overlap(one, other) {
    const [x, y, w, h] = one.box;
    const [u, v, s, r] = other.box;
    const shared = Math.max(0, Math.min(x + w, u + s) - Math.max(x, u)) * Math.max(0, Math.min(y + h, v + r) - Math.max(y, v));
    return shared > 0.5 * Math.min(w * h, s * r);
  }

  reset(message) {
    this.chosen.clear();
    this.splitting = null;
    this.sheet.onDraw = null;
    this.sheet.stage.classList.remove("drawing");
    this.tell(message);
    this.draw();
  }

  tell(message, values = {}) {
    byId("grid-note").textContent = t(message, values);
  }

  draw() {
    const hasPicture = this.sheet.pages.get(this.sheet.page).has_picture;
    const boxes = this.tables.flatMap((table, index) =>
      table.cells.map((cell) => ({
        key: `${index}:${cell.row}:${cell.col}`,
        box: cell.box,
        kind: "cell",
        print: hasPicture ? "" : cell.text,
      })));
    this.sheet.draw(boxes, null);
    for (const shown of this.sheet.layer.children) shown.classList.toggle("chosen", this.chosen.has(shown.dataset.key));
  }

  pick(key, event) {
    if (this.splitting !== null && this.chosen.has(key)) {
      this.split(key, event);
      return;
    }
    const [table] = key.split(":");
    if ([...this.chosen].some((other) => other.split(":")[0] !== table)) this.chosen.clear();
    if (!this.chosen.delete(key)) this.chosen.add(key);
    this.draw();
  }

  use(tool) {
    if (tool === "merge" || tool === "apart") this.step(tool);
    else if (tool === "rows" || tool === "columns") this.startSplit(tool);
    else if (tool === "mark") this.startDrawing();
    else if (tool === "read") this.give(this.tables.filter((table) => table.edited));
    else this.give([]);
  }

  startSplit(direction) {
    if (this.chosen.size !== 1) {
      this.tell("desk-grid-bad");
      return;
    }
    this.splitting = direction;
    this.tell("desk-grid-click");
  }

  split(key, event) {
    const [index, row, col] = key.split(":").map(Number);
    const cell = this.tables[index].cells.find((other) => other.row === row && other.col === col);
    const [x, y] = this.sheet.at(event);
    const [left, top, width, height] = cell.box;
    const at = this.splitting === "rows" ? (y - top) / height : (x - left) / width;
    this.step(this.splitting, Math.min(1, Math.max(0, at)));
  }

  async step(operation, at = 0.5) {
    if (this.chosen.size === 0) {
      this.tell("desk-grid-bad");
      return;
    }
    const keys = [...this.chosen].map((key) => key.split(":").map(Number));
    const [index] = keys[0];
    const cells = this.tables[index].cells.map(({ row, col, rowspan, colspan, bbox }) => ({ row, col, rowspan, colspan, bbox }));
    const chosen = keys.map(([, row, col]) => [row, col]);
    const answer = await send(this.path("repair"), { cells, operation, chosen, at });
    if (!answer.ok) {
      this.splitting = null;
      this.tell("desk-grid-bad");
      return;
    }
    this.tables[index] = { ...(await answer.json()), edited: true };
    this.reset("desk-grid-hint");
  }

  startDrawing() {
    this.tell("desk-grid-draw");
    this.sheet.stage.classList.add("drawing");
    this.sheet.onDraw = (event) => this.drawTable(event);
  }

  /** A person draws a box around a table that was missed. */
  drawTable(event) {
    const [x0, y0] = this.sheet.at(event);
    const frame = element("div", "drawn");
    this.sheet.sheet.append(frame);
    let part = [x0, y0, 0, 0];
    const move = (now) => {
      const [x, y] = this.sheet.at(now).map((v) => Math.min(1, Math.max(0, v)));
      part = [Math.min(x0, x), Math.min(y0, y), Math.abs(x - x0), Math.abs(y - y0)];
      const [left, top, width, height] = part.map((v) => `${100 * v}%`);
      Object.assign(frame.style, { left, top, width, height });
    };
    const end = async () => {
      removeEventListener("pointermove", move);
      frame.remove();
      if (part[2] < 0.01 || part[3] < 0.005) return;
      const answer = await send(this.path("drawn"), { part });
      if (answer.ok) this.tables.push({ ...(await answer.json()), edited: true });
      this.reset("desk-grid-hint");
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end, { once: true });
  }

  /** Keep what was given for the page, and have it read again. A table that was only framed is searched for. */
  async give(tables) {
    const sent = tables.map((table) => ({
      bbox: table.bbox,
      cells: table.drawn && table.cells.length === 1
        ? []
        : table.cells.map(({ row, col, rowspan, colspan, bbox }) => ({ row, col, rowspan, colspan, bbox })),
    }));
    const answer = await send(this.path("grid"), { tables: sent, seen: this.version });
    if (answer.status === 409) {
      await this.load();
      this.tell("desk-grid-superseded");
    } else if (!answer.ok) {
      this.tell("desk-grid-bad");
    } else {
      this.tell("desk-grid-reading");
      this.follow((await answer.json()).job);
    }
  }

  async follow(job) {
    const { state, reason } = await ask(`/api/jobs/${job}`);
    if (state === "running") {
      setTimeout(() => this.follow(job), JOB_MS);
    } else if (state === "done") {
      this.tell("desk-grid-done");
      location.reload();
    } else {
      this.tell(`desk-grid-${state}`, { reason });
      this.version += 1;
    }
  }
}

setUpVisitor();
if (document.body.classList.contains("queue")) setUpQueue();
else new Desk(JSON.parse(byId("document").textContent));
