// A text box for queries: suggestions at the caret, and keys to run.
// It knows nothing of the language. Python says what may stand at the caret.

const KEYS = { ArrowDown: 1, ArrowUp: -1 };

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "labkit-editor";
  const area = document.createElement("textarea");
  const list = document.createElement("ul");
  const listId = `labkit-words-${Math.random().toString(36).slice(2)}`;
  area.rows = model.get("rows");
  area.spellcheck = false;
  area.value = model.get("value");
  for (const [name, value] of Object.entries({
    "aria-label": "Query",
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": listId,
  })) area.setAttribute(name, value);
  list.id = listId;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Words that may stand here");
  list.hidden = true;
  root.append(area, list);
  el.append(root);

  let asked = 0; // Answers to anything but the last question come too late.
  let offer = null;
  let chosen = 0;

  function close() {
    offer = null;
    list.hidden = true;
    area.setAttribute("aria-expanded", "false");
    area.removeAttribute("aria-activedescendant");
  }

  function ask() {
    asked += 1;
    model.send({ kind: "complete", number: asked, text: area.value, caret: area.selectionStart });
  }

  function store() {
    model.set("value", area.value);
    model.save_changes();
  }

  function choose(index) {
    chosen = index;
    [...list.children].forEach((item, at) => {
      item.setAttribute("aria-selected", at === index ? "true" : "false");
      if (at === index) {
        item.scrollIntoView({ block: "nearest" });
        area.setAttribute("aria-activedescendant", item.id);
      }
    });
  }

  function show(answer) {
    offer = answer;
    list.replaceChildren(...answer.suggestions.map((each, at) => {
      const item = document.createElement("li");
      item.id = `${listId}-${at}`;
      item.setAttribute("role", "option");
      for (const part of ["text", "kind", "about"]) {
        const span = document.createElement("span");
        span.className = part;
        span.textContent = each[part];
        item.append(span);
      }
      // The mouse must not take the focus away from the text.
      item.addEventListener("mousedown", (event) => { event.preventDefault(); take(at); });
      return item;
    }));
    list.hidden = false;
    area.setAttribute("aria-expanded", "true");
    choose(0);
  }

  function take(index) {
    const word = offer.suggestions[index].text;
    area.setRangeText(word, offer.start, area.selectionStart, "end");
    close();
    store();
    if (word.endsWith("(")) ask();
  }

  function run() {
    asked += 1;
    close();
    store();
    model.send({ kind: "run", text: area.value });
  }

  area.addEventListener("input", () => { store(); ask(); });
  area.addEventListener("blur", close);
  area.addEventListener("click", close);
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.shiftKey)) {
      run();
    } else if (event.key === " " && event.ctrlKey) {
      ask();
    } else if (offer && event.key in KEYS) {
      const count = offer.suggestions.length;
      choose((chosen + KEYS[event.key] + count) % count);
    } else if (offer && (event.key === "Tab" || event.key === "Enter")) {
      take(chosen);
    } else if (offer && event.key === "Escape") {
      close();
    } else {
      event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation(); // JupyterLab has its own use for these keys.
  });

  const onMessage = (answer) => {
    if (answer.number !== asked || document.activeElement !== area) return;
    if (answer.suggestions.length) show(answer);
    else close();
  };
  const onValue = () => {
    if (model.get("value") !== area.value) { area.value = model.get("value"); close(); }
  };
  model.on("msg:custom", onMessage);
  model.on("change:value", onValue);
  return () => { model.off("msg:custom", onMessage); model.off("change:value", onValue); };
}

export default { render };
