// Small help on every page, a client's too: focus, dialogs, keys, copying, a link's secret.
// What the pages say to it is listed in docs/app-js.md; saving.js keeps what staff type.

const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

function say(words) {
  const line = find("#said") ?? document.body.appendChild(Object.assign(document.createElement("p"), { id: "said", className: "vh", role: "status" }));
  line.textContent = words;
}

function focusFirst() {
  const target = find(".govuk-error-summary") ?? find("h1");
  if (!target) return;
  target.tabIndex = -1;
  target.focus({ preventScroll: !target.matches(".govuk-error-summary") });
}

// A new page came into this one.
function swapped(event) {
  if (event.detail.target.id !== "page") return;
  arrivedAt = performance.now();
  document.body.className = find("[data-body-class]")?.dataset.bodyClass ?? "";
  focusFirst();
  say(document.title);
}

const clicks = {
  dialogOpen: (id) => document.getElementById(id)?.showModal(),
  dialogClose: (_, source) => source.closest("dialog")?.close(),
  print: () => print(),
  copy: copy,
  reveal: reveal,
  step: step,
  calendar: openCalendar,
};

function clicked(event) {
  for (const [name, act] of Object.entries(clicks)) {
    const source = event.target.closest(`[data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}]`);
    if (source) act(source.dataset[name], source);
  }
}

// The browser's own calendar beside the three boxes of a date. Its field has no name: the boxes are what is sent.
const BOXES = ["year", "month", "day"];
const boxesOf = (date) => BOXES.map((part) => find(`[name$="-${part}"]`, date.closest(".date3")));

function openCalendar(_, button) {
  const date = button.nextElementSibling, [year, month, day] = boxesOf(date).map((box) => box.value.trim());
  date.value = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`; // what is no whole day leaves it empty
  date.showPicker?.();
}

function choseDay({ target: date }) {
  if (!date.matches?.(".calendar input") || !date.value) return;
  const parts = date.value.split("-").map(Number);
  boxesOf(date).forEach((box, n) => { box.value = parts[n]; });
}

async function copy(selector, button) {
  const source = find(selector);
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    sayOn(button, "Copied");
  } catch {
    source.select?.();
    sayOn(button, "Not copied. It is marked: copy it by hand.");
  }
}

// What a button did, in its own place for a few seconds and spoken; the same words are spoken again at a second press.
function sayOn(button, words) {
  const label = find("[data-label]", button);
  say("");
  setTimeout(say, 50, words);
  if (!label) return;
  label.dataset.label ||= label.textContent;
  label.textContent = words;
  clearTimeout(button.resting);
  button.resting = setTimeout(() => { label.textContent = label.dataset.label; }, 6000);
}

function reveal(id, source) {
  const target = document.getElementById(id);
  target.hidden = false;
  source.setAttribute("aria-expanded", "true");
  source.hidden = true;
  find("input, textarea, select, button", target)?.focus();
}

// Five more or less: a twelfth radio of the same name, seen only by the form.
function step(by, source) {
  const group = source.closest("[data-conviction], .conviction"), radios = all("input[type=radio]", group);
  const now = radios.find((radio) => radio.checked);
  if (!now) return;
  const value = Math.max(0, Math.min(100, Number(now.value) + Number(by)));
  find(".odd:not([id])", group)?.remove();
  const there = radios.find((radio) => radio.isConnected && radio.value === String(value));
  const chosen = there ?? Object.assign(document.createElement("input"), { type: "radio", name: now.name, value, className: "vh odd", tabIndex: -1 });
  if (!there) {
    chosen.setAttribute("aria-label", value);
    find(".keys", group).after(chosen);
  }
  chosen.checked = true;
  chosen.dispatchEvent(new Event("change", { bubbles: true }));
}

function chose(event) {
  const group = event.target.closest?.(".conviction");
  if (!group || event.target.type !== "radio") return;
  find("output", group).textContent = event.target.value;
  for (const button of all("[data-step]", group)) button.disabled = false;
}

// On the turned screen a press goes on by itself: its form waits for this event. What is chosen with arrows or with
// Space may still move, and waits for Next.
const answered = (radio) => radio.dispatchEvent(new Event("answered", { bubbles: true }));

function pressed({ target, detail }) {
  const key = detail && target.closest?.(".turned .one .scale label"); // no detail: a key, or a screen reader
  if (key?.control) answered(key.control);
}

// Digits choose an answer: 7 or 10 on a scale to ten; 8 or 80, 85, 10 or 100 on one to a hundred.
const REST = 500; // look.css, "rest": the keys of a new question take no press meanwhile
const MORE = 800; // how long another digit may follow
let typed = { digits: "", at: 0, scale: null }, arrivedAt = 0, waiting = 0;

function meant(digits, isOf100) {
  if (!isOf100) return /^(\d|10)$/.test(digits) ? Number(digits) : null;
  if (/^\d$/.test(digits)) return 10 * Number(digits);
  if (/^100?$/.test(digits)) return 100;
  return /^[1-9][05]$/.test(digits) ? Number(digits) : null;
}

function typedDigit(event) {
  if (!/^\d$/.test(event.key) || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.matches?.("input:not([type=radio]), textarea, select")) return;
  const isFocused = event.target.type === "radio" && event.target.closest(".scale");
  if (!isFocused && performance.now() - arrivedAt < REST) return; // the nought of a ten that was too slow, a key for the question before
  const radio = isFocused ? event.target : find(".turned .one .scale input[type=radio]"); // one question: no focus needed
  const scale = radio?.closest(".scale"), isOf100 = scale?.matches(".conviction");
  const follows = scale === typed.scale && event.timeStamp - typed.at < MORE;
  const both = (follows ? typed.digits : "") + event.key;
  if (follows && isOf100 && meant(both, true) === null) return event.preventDefault(); // 83: what 8 said stands
  const digits = meant(both, isOf100) === null ? event.key : both, value = meant(digits, isOf100);
  const ten = isOf100 ? value - (value % 10) : value; // 85 is 80 and five more
  const wanted = scale && all("input[type=radio]:not(.odd)", scale).find((one) => one.value === String(ten));
  if (!wanted) return;
  event.preventDefault();
  clearTimeout(waiting);
  typed = { digits, at: event.timeStamp, scale };
  wanted.focus();
  const mayBeTen = digits === "1" && !isOf100; // not told before it is known
  wanted.checked = true;
  if (value !== ten) step(value - ten, wanted);
  else if (!mayBeTen) wanted.dispatchEvent(new Event("change", { bubbles: true }));
  waiting = setTimeout(() => {
    if (mayBeTen) wanted.dispatchEvent(new Event("change", { bubbles: true }));
    answered(wanted);
  }, mayBeTen || (isOf100 && digits.length === 1) ? MORE : 0);
}

// A box of one line that grows is sent by Enter, as an input is. In a step Enter goes on to the next question and in
// the end to Save: somebody who wants another line does not leave in the middle. It never stops at another button,
// which a second Enter would press, nor does a key that is held. 229: the Enter that ends a composition, in Safari.
function entered(event) {
  const { target } = event, room = target.closest?.("#step-form");
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
  if (target.matches?.(".strike input")) return target.click(event.preventDefault());
  if (room && event.repeat && !target.matches("textarea:not(.one-line)")) return event.preventDefault();
  if (!target.matches?.(`textarea.one-line${room ? ", input" : ""}`)) return;
  event.preventDefault();
  if (!room) return target.form?.requestSubmit();
  const can = (field) => field.tabIndex >= 0 && !field.disabled && field.checkVisibility() && (!target.name || field.name !== target.name);
  const fields = all("input:not([type=hidden]), textarea, select, summary, .actions .govuk-button", room);
  const next = fields.slice(fields.indexOf(target) + 1).find(can);
  (find(`[name="${CSS.escape(next?.name ?? "")}"]:checked`, room) ?? next)?.focus();
}

// A client's link: the secret after # goes into the form and out of the address. A person presses.
function openLink() {
  const field = find("form[data-link] [name=secret]");
  if (!field || location.hash.length < 2) return;
  field.value = location.hash.slice(1);
  all("[data-with-secret]").forEach((one) => { one.hidden = false; });
  all("[data-without-secret]").forEach((one) => { one.hidden = true; });
  history.replaceState(null, "", location.pathname);
}

document.addEventListener("change", chose);
document.addEventListener("change", choseDay, true); // before the page is drawn again for it
document.addEventListener("click", clicked);
document.addEventListener("click", pressed);
document.addEventListener("keydown", typedDigit);
document.addEventListener("keydown", entered);
document.addEventListener("htmx:afterSwap", swapped);

openLink();
addEventListener("hashchange", openLink); // a new link pasted where an old one was open
if (find(".govuk-error-summary")) focusFirst();
