/* <spine-bot>: a chat window for any web page; docs/widget.md says how to use it. It asks nothing of the page: no library,
   no inline style, no global name but the element's. Text, from people or the server, is put in as text, never as HTML. */
(() => {
  "use strict";
  const NAME = "spine-bot";
  if (customElements.get(NAME)) return; // the script is on the page twice

  /* The server is where this file came from, path and all. */
  const HERE = new URL(".", document.currentScript?.src || location.href).href;
  const PATIENCE = 30_000; // milliseconds until an unanswered message counts as failed
  const PHONE = matchMedia("(max-width: 480px), (max-height: 420px)");

  /* What the window itself says; replies quote an English article. What a table leaves out is said in English.
     Add yours: customElements.get("spine-bot").languages.fr = { ... } */
  const LANGUAGES = {
    en: {
      dir: "ltr",
      heading: "Ask the article",
      greeting: "What would you like to know?",
      about: "This is a bot, not a person and not a doctor. It quotes an article, and it can miss an emergency: if you are worried, ask for help from people.",
      stored: "What you send goes to {host}, which keeps the conversation for a limited time. This browser tab keeps the chat until you close it; another tab has a chat of its own. “Forget” deletes both.",
      privacy: "Privacy",
      open: "Open the chat",
      unread: "new reply",
      close: "Close the chat",
      menu: "Options",
      fresh: "New chat",
      copy: "Copy",
      print: "Print",
      forget: "Forget",
      sure: "Press again: this chat is then gone.",
      copied: "Copied.",
      uncopied: "The browser does not allow copying.",
      forgotten: "Forgotten, here and on the server.",
      unforgotten: "Forgotten here, but the server can't be reached. Press “Forget” again later.",
      log: "Conversation",
      you: "You",
      bot: "Bot",
      input: "Your question",
      send: "Send",
      next: "You could ask",
      show: "Show in the article",
      shown: "The sentence is marked in the page.",
      passage: "From the article",
      notes: "Please note",
      emergency: "GET HELP NOW",
      crisis: "PLEASE TALK TO SOMEONE NOW",
      soon: "SEE A DOCTOR SOON",
      helpful: "Was this helpful?",
      yes: "Yes",
      no: "No",
      retry: "Try again",
      edit: "Edit",
      offline: "You are offline. Your message is kept.",
      away: "The server can't be reached. Your message is kept.",
      broken: "The server can't answer just now. Your message is kept.",
      wait: "Too many messages at once. Try again in {seconds} seconds; yours is kept.",
    },
    de: {
      heading: "Fragen Sie den Artikel",
      greeting: "Was möchten Sie wissen? (Fragen und Antworten sind englisch.)",
      about: "Das ist ein Programm, kein Mensch und kein Arzt. Es zitiert einen Artikel und kann einen Notfall übersehen: Wenn Sie sich Sorgen machen, wenden Sie sich an Menschen.",
      stored: "Was Sie senden, geht an {host} und wird dort für begrenzte Zeit aufbewahrt. Dieser Tab des Browsers behält das Gespräch, bis Sie ihn schließen; ein anderer Tab hat sein eigenes. „Vergessen“ löscht beides.",
      privacy: "Datenschutz",
      open: "Chat öffnen",
      unread: "neue Antwort",
      close: "Chat schließen",
      menu: "Optionen",
      fresh: "Neues Gespräch",
      copy: "Kopieren",
      print: "Drucken",
      forget: "Vergessen",
      sure: "Noch einmal drücken: Dann ist dieses Gespräch weg.",
      copied: "Kopiert.",
      uncopied: "Der Browser erlaubt das Kopieren nicht.",
      forgotten: "Vergessen, hier und auf dem Server.",
      unforgotten: "Hier vergessen, aber der Server ist nicht erreichbar. Drücken Sie später noch einmal „Vergessen“.",
      log: "Gespräch",
      you: "Sie",
      bot: "Bot",
      input: "Ihre Frage",
      send: "Senden",
      next: "Mögliche Fragen",
      show: "Im Artikel zeigen",
      shown: "Der Satz ist auf der Seite markiert.",
      passage: "Aus dem Artikel",
      notes: "Bitte beachten",
      emergency: "HOLEN SIE SOFORT HILFE",
      crisis: "BITTE SPRECHEN SIE JETZT MIT JEMANDEM",
      soon: "GEHEN SIE BALD ZUM ARZT",
      helpful: "War das hilfreich?",
      yes: "Ja",
      no: "Nein",
      retry: "Noch einmal",
      edit: "Ändern",
      offline: "Sie sind offline. Ihre Nachricht bleibt erhalten.",
      away: "Der Server ist nicht erreichbar. Ihre Nachricht bleibt erhalten.",
      broken: "Der Server kann gerade nicht antworten. Ihre Nachricht bleibt erhalten.",
      wait: "Zu viele Nachrichten auf einmal. Versuchen Sie es in {seconds} Sekunden wieder; Ihre bleibt erhalten.",
    },
    ar: {
      dir: "rtl",
      heading: "اسأل المقال",
      greeting: "ماذا تودّ أن تعرف؟ (الأسئلة والأجوبة بالإنجليزية.)",
      about: "هذا برنامج، ليس إنسانًا ولا طبيبًا. يقتبس من مقال وقد تفوته حالة طارئة: إن كنت قلقًا فاطلب المساعدة من الناس.",
      stored: "ما ترسله يذهب إلى {host} ويُحفظ هناك لمدة محدودة. تحتفظ علامة التبويب هذه بالمحادثة حتى تغلقها، ولكل علامة تبويب محادثتها. زر «نسيان» يحذف الاثنين.",
      privacy: "الخصوصية",
      open: "افتح المحادثة",
      unread: "رد جديد",
      close: "أغلق المحادثة",
      menu: "خيارات",
      fresh: "محادثة جديدة",
      copy: "نسخ",
      print: "طباعة",
      forget: "نسيان",
      sure: "اضغط مرة أخرى لحذف هذه المحادثة.",
      copied: "تم النسخ.",
      uncopied: "المتصفح لا يسمح بالنسخ.",
      forgotten: "تم النسيان هنا وعلى الخادم.",
      unforgotten: "تم النسيان هنا، لكن تعذّر الوصول إلى الخادم. اضغط «نسيان» لاحقًا.",
      log: "المحادثة",
      you: "أنت",
      bot: "البرنامج",
      input: "سؤالك",
      send: "إرسال",
      next: "يمكنك أن تسأل",
      show: "أظهر في المقال",
      shown: "الجملة محدّدة في الصفحة.",
      passage: "من المقال",
      notes: "يرجى الانتباه",
      emergency: "اطلب المساعدة الآن",
      crisis: "تحدّث مع شخص الآن من فضلك",
      soon: "راجع طبيبًا قريبًا",
      helpful: "هل أفادك هذا؟",
      yes: "نعم",
      no: "لا",
      retry: "حاول مجددًا",
      edit: "تعديل",
      offline: "أنت غير متصل. رسالتك محفوظة.",
      away: "تعذّر الوصول إلى الخادم. رسالتك محفوظة.",
      broken: "لا يستطيع الخادم الرد الآن. رسالتك محفوظة.",
      wait: "رسائل كثيرة دفعة واحدة. حاول بعد {seconds} ثانية؛ رسالتك محفوظة.",
    },
  };

  const DARK = `
    --_accent: var(--spine-accent, #7fd0d6); --_on-accent: var(--spine-on-accent, #06282b); --_background: var(--spine-background, #15191d);
    --_text: var(--spine-text, #e8edf0); --_muted: var(--spine-muted, #a9b4bb); --_line: #78858d; --_soft: #20272c; --_user: #1e3c40;
    --_urgent: #3d1614; --_urgent-text: #ffe7e4; --_urgent-line: #ff8a80; --_mark: #ffe08a; color-scheme: dark;`;
  const STYLE = `
    :host { all: initial; display: contents; color-scheme: light;
      --_accent: var(--spine-accent, #0b6068); --_on-accent: var(--spine-on-accent, #fff); --_background: var(--spine-background, #fff);
      --_text: var(--spine-text, #1c2529); --_muted: var(--spine-muted, #55636a); --_line: #7c8a91; --_soft: #f2f6f7; --_user: #ddf0f1;
      --_urgent: #fdeceb; --_urgent-text: #4a0f0b; --_urgent-line: #b3261e; --_mark: #ffe08a; }
    :host([theme="dark"]) { ${DARK} }
    @media (prefers-color-scheme: dark) { :host(:not([theme="light"])) { ${DARK} } }
    :host([inline]) { display: block; }
    :host([hidden]) { display: none; }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    .root { display: contents; font: 16px/1.55 var(--spine-font, system-ui, sans-serif); color: var(--_text); text-align: start; }
    .spoken { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    button, textarea { font: inherit; color: inherit; margin: 0; }
    button { cursor: pointer; background: none; border: 1px solid transparent; border-radius: 8px; padding: 6px 10px; min-inline-size: 40px; min-block-size: 40px; }
    button:hover { box-shadow: 0 0 0 2px var(--_line); }
    :focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
    svg { display: block; inline-size: 24px; block-size: 24px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; pointer-events: none; }

    .launcher { position: fixed; z-index: var(--spine-z-index, 2147483000); inset-block-end: calc(var(--spine-offset, 20px) + env(safe-area-inset-bottom, 0px));
      inset-inline-end: var(--spine-offset, 20px); inline-size: 60px; block-size: 60px; border-radius: 50%; display: grid; place-items: center;
      background: var(--_accent); color: var(--_on-accent); box-shadow: 0 4px 16px #0005; }
    .badge { position: absolute; inset-block-start: 0; inset-inline-end: 0; inline-size: 18px; block-size: 18px; border-radius: 50%; background: #b3261e; border: 2px solid #fff; }
    .panel { display: none; flex-direction: column; margin: 0; padding: 0; border: 1px solid var(--_line); border-radius: var(--spine-radius, 16px);
      background: var(--_background); color: var(--_text); overflow: hidden; }
    dialog.panel { position: fixed; z-index: var(--spine-z-index, 2147483000); inset: auto; inset-inline-end: var(--spine-offset, 20px);
      inset-block-end: calc(var(--spine-offset, 20px) + 72px); inline-size: min(var(--spine-width, 410px), calc(100vw - 40px));
      block-size: min(var(--spine-height, 660px), calc(100dvh - var(--spine-offset, 20px) - 88px)); max-inline-size: none; max-block-size: none; box-shadow: 0 12px 44px #0004; }
    :host([position="start"]) .launcher, :host([position="start"]) dialog.panel { inset-inline: var(--spine-offset, 20px) auto; }
    .panel[open], section.panel { display: flex; }
    section.panel { block-size: var(--spine-height, 600px); }
    .header, .feedback { display: flex; align-items: center; gap: 8px; }
    .header { padding-block: 10px; padding-inline: 20px 10px; border-block-end: 1px solid var(--_line); }
    .heading { flex: 1; margin: 0; font-size: 1.08em; font-weight: 650; line-height: 1.3; }
    .tools { display: flex; flex-wrap: wrap; gap: 6px; padding: 8px 12px; border-block-end: 1px solid var(--_line); background: var(--_soft); }
    .tool, .suggestion, .retry, .edit, .thumb { border-color: var(--_line); font-size: .94em; background: var(--_background); }
    .scroller { flex: 1; min-block-size: 0; overflow-y: auto; overscroll-behavior: contain; padding: 16px 20px; position: relative; }
    .scroller:focus-visible { outline-offset: -3px; }
    .notice { font-size: .86em; line-height: 1.5; color: var(--_muted); }
    .notice p { margin: 0 0 8px; }
    .notice a { color: inherit; }
    .greeting { margin-block: 16px; }
    .message { margin-block: 24px 14px; margin-inline: auto 0; inline-size: fit-content; max-inline-size: 85%; padding: 9px 15px;
      border: 1px solid transparent; border-radius: 16px; border-end-end-radius: 4px; background: var(--_user); white-space: pre-wrap; overflow-wrap: anywhere; }
    .reply { overflow-wrap: anywhere; }
    .reply > * { margin: 0 0 14px; }
    .urgent { background: var(--_urgent); color: var(--_urgent-text); border: 2px solid var(--_urgent-line); border-inline-start-width: 8px; border-radius: 10px; padding: 14px 16px; }
    .urgent strong { display: flex; gap: 8px; align-items: center; margin-block-end: 6px; font-size: 1.06em; letter-spacing: .02em; }
    .urgent svg { flex: none; }
    .urgent p { margin: 0; }
    .quote { padding-inline-start: 14px; border-inline-start: 4px solid var(--_accent); }
    .quote p { margin: 0; }
    .quote ul { margin: 0; padding-inline-start: 1.1em; }
    .quote li { margin-block: 4px; }
    .end { white-space: nowrap; }
    .show { display: inline-grid; place-items: center; min-inline-size: 26px; min-block-size: 26px; padding: 0; margin-block: -3px; margin-inline-start: 2px; vertical-align: -2px;
      color: var(--_accent); border-radius: 6px; user-select: none; }
    .show svg { inline-size: 16px; block-size: 16px; }
    .show[aria-expanded="true"] { background: var(--_accent); color: var(--_on-accent); }
    .passage { margin-block-start: 10px; padding: 12px 14px; font-size: .94em; background: var(--_soft); border: 1px solid var(--_line); border-radius: 10px; }
    .passage p { margin: 6px 0 0; }
    .trail { color: var(--_muted); font-size: .9em; }
    mark { background: var(--_mark); color: #1c1500; border-radius: 3px; padding-inline: 2px; }
    .caveats { padding-block: 10px; padding-inline: 32px 14px; font-size: .92em; background: var(--_soft); border-radius: 10px; }
    .caveat + .caveat { margin-block-start: 6px; }
    .source, .correction, .feedback { font-size: .9em; color: var(--_muted); }
    .thumb[aria-pressed="true"] { background: var(--_accent); color: var(--_on-accent); }
    .error { border: 1px dashed var(--_urgent-line); border-radius: 10px; padding: 10px 14px; font-size: .94em; }
    .error p { margin: 0 0 8px; }
    .error button { margin-inline-end: 8px; }
    .typing { display: flex; gap: 5px; padding: 8px 0; }
    .typing i { inline-size: 8px; block-size: 8px; border-radius: 50%; border: 4px solid var(--_muted); }
    .suggestions { display: flex; flex-direction: column; align-items: start; gap: 8px; }
    .suggestion { text-align: start; border-color: var(--_accent); color: var(--_accent); border-radius: 14px; padding: 8px 14px; line-height: 1.35; }
    .status { margin: 0; padding: 6px 20px; font-size: .9em; background: var(--_soft); }
    .status:empty { padding: 0; }
    .form { display: flex; align-items: end; gap: 8px; padding: 10px 12px calc(10px + env(safe-area-inset-bottom, 0px)); border-block-start: 1px solid var(--_line); }
    .input { flex: 1; min-inline-size: 0; font-size: 16px; line-height: 1.4; resize: none; max-block-size: 8.4em; padding: 10px 14px; border: 1px solid var(--_line); border-radius: 14px;
      background: var(--_background); color: var(--_text); }
    [dir="rtl"] .input:placeholder-shown { direction: rtl; }
    .input::placeholder { color: var(--_muted); opacity: 1; }
    .send { background: var(--_accent); color: var(--_on-accent); border-radius: 14px; min-block-size: 44px; min-inline-size: 44px; padding: 9px; }
    [dir="rtl"] .send svg { transform: scaleX(-1); }
    .paper { position: fixed; inset: 0 auto auto 0; inline-size: 1px; block-size: 1px; border: 0; opacity: 0; pointer-events: none; }
    @media (max-width: 480px), (max-height: 420px) {
      dialog.panel, :host([position="start"]) dialog.panel { inset: var(--_top, 0) 0 auto; inline-size: 100%; block-size: var(--_height, 100dvh); border: 0; border-radius: 0;
        padding-block-start: env(safe-area-inset-top, 0px); padding-inline: env(safe-area-inset-left, 0px) env(safe-area-inset-right, 0px); }
    }
    @media (prefers-reduced-motion: no-preference) {
      .typing i { animation: breathe 1.2s infinite alternate; }
      .typing i:nth-child(2) { animation-delay: .2s; }
      .typing i:nth-child(3) { animation-delay: .4s; }
      @keyframes breathe { from { opacity: .25; } }
    }
    @media (forced-colors: active) {
      .launcher, .send, .show, .message, .caveats { border-color: ButtonText; }
      .caveats { border: 1px solid; }
      .thumb[aria-pressed="true"], .show[aria-expanded="true"] { forced-color-adjust: none; background: Highlight; color: HighlightText; }
    }`;
  const PRINTED = `body { font: 11pt/1.5 serif; margin: 2em; } .message { font-weight: bold; margin-block: 1.5em .5em; white-space: pre-wrap; }
    .urgent { border: 2pt solid; padding: .5em 1em; } .urgent strong { display: block; } .quote { margin: 0 0 .8em; padding-inline-start: 1em; border-inline-start: 2pt solid; } svg { display: none; } p { margin: 0 0 .5em; }`;
  const ICONS = {
    chat: "M21 12a8 8 0 0 1-8 8H4l2-3.5A8 8 0 1 1 21 12zM9 10h7M9 14h4",
    close: "M6 6l12 12M18 6L6 18",
    menu: "M5 7h14M5 12h14M5 17h14",
    send: "M4 12h15M13 6l6 6-6 6",
    show: "M9 7H5v12h12v-4M13 4h7v7M20 4l-9 9",
    warning: "M12 3L2 21h20zM12 10v5M12 18h.01",
  };

  /* An element: `part` names it for styles inside and outside, functions listen. */
  function h(tag, props = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (typeof value === "function") element.addEventListener(name, value);
      else if (name === "part") (element.className = value), element.setAttribute("part", value);
      else if (value != null && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.flat().filter((child) => child != null && child !== false));
    return element;
  }

  function icon(name) {
    const make = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);
    const svg = make("svg");
    const path = make("path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  }

  function sheet(text, where = window) {
    const made = new where.CSSStyleSheet();
    made.replaceSync(text);
    return made;
  }

  /* A line cut into the sentences quoted in it and what stands between them. */
  function cut(line, quotes) {
    const pieces = [];
    for (let at = 0; at < line.length; ) {
      const quote = quotes.find((one) => line.startsWith(one.text, at));
      const text = quote ? quote.text : line[at];
      const last = pieces.at(-1);
      if (quote || !last || last.quote) pieces.push({ text, quote });
      else last.text += text;
      at += text.length;
    }
    return pieces;
  }

  /* The paragraphs of a reply's text in their order, each with what it is; what is not recognised, the bot says. */
  function blocks(reply) {
    const quotes = reply.quotes.filter((quote) => quote.text).sort((a, b) => b.text.length - a.text.length);
    const known = reply.caveats.map(({ text }) => ({ role: "caveat", text }));
    if (reply.urgent) known.push({ role: "urgent", text: reply.urgent.text });
    known.sort((a, b) => b.text.length - a.text.length);
    const found = [];
    const seen = (...roles) => found.some((block) => roles.includes(block.role));
    for (let rest = reply.text.trim(); rest; ) {
      const part = known.find(({ text }) => text && rest.startsWith(text) && (rest.length === text.length || rest[text.length] === "\n"));
      const line = rest.split("\n", 1)[0];
      found.push(part || toldApart(line));
      rest = rest.slice((part ? part.text : line).length).trim();
    }
    return found;

    function toldApart(text) {
      const item = text.startsWith("- ") ? text.slice(2) : text;
      const pieces = cut(item, quotes);
      if (pieces.some((piece) => piece.quote) && pieces.every((piece) => piece.quote || !piece.text.trim()))
        return { role: item === text ? "quote" : "item", text: item, pieces };
      if (seen("caveat") && quotes.length) return { role: "source", text };
      if (reply.corrections.length && !seen("quote", "item", "say") && reply.corrections.every(({ to }) => text.includes(to))) return { role: "correction", text };
      return { role: "say", text };
    }
  }

  /* A sentence in the page's own copy of an article, as a range: white space and inline elements don't matter. */
  function findInPage(quote) {
    const article = document.querySelector(`[data-article="${CSS.escape(quote.article)}"]`);
    if (!article) return null;
    const places = [];
    let letters = "";
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode()); ) {
      if (node.parentElement.closest(`script, style, ${NAME}`)) continue;
      for (let at = 0; at < node.data.length; at++) {
        if (!/\S/.test(node.data[at])) continue;
        letters += node.data[at];
        places.push([node, at]);
      }
    }
    const bare = (text) => text.replace(/\s+/g, "");
    const wanted = bare(quote.text);
    // The same sentence may stand in several sections: look below the quote's own heading first.
    let start = letters.indexOf(wanted, Math.max(0, letters.indexOf(bare(quote.heading.at(-1) || ""))));
    if (start < 0) start = letters.indexOf(wanted);
    if (start < 0 || !wanted) return null;
    const range = document.createRange();
    const [last, end] = places[start + wanted.length - 1];
    range.setStart(...places[start]);
    range.setEnd(last, end + 1);
    return range;
  }

  /* Marks a range without touching the page's elements, so that no script or style of the page can trip over it. */
  function mark(range) {
    if (window.Highlight && CSS.highlights) {
      if (!CSS.highlights.has(NAME))
        document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet(`@layer ${NAME} { ::highlight(${NAME}) { background-color: #ffe08a; color: #1c1500; } }`)];
      CSS.highlights.set(NAME, new Highlight(range));
    } else {
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    }
    const around = range.startContainer.parentElement;
    for (let folded = around.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
    around.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    return around;
  }

  /* turns: {user, reply?, number?, failed?, helpful?}; past: ids of this tab's earlier conversations, for "Forget". */
  const blank = (past = []) => ({ conversation: "", dialogue: "", count: 0, turns: [], past, opened: false });

  class SpineBot extends HTMLElement {
    static languages = LANGUAGES;
    static observedAttributes = ["heading", "greeting", "lang", "inline", "feedback", "server", "questions", "privacy"];

    #root = this.attachShadow({ mode: "open" });
    #state = blank();
    #queue = Promise.resolve(); // one message at a time: the order of turns is the conversation
    #places = new WeakMap(); // turn → its element
    #ui = null;
    #leaving = null;
    #from = null;

    connectedCallback() {
      this.#root.adoptedStyleSheets = [SpineBot.#sheet];
      this.#leaving = new AbortController();
      const { signal } = this.#leaving;
      this.#load();
      this.#render();
      PHONE.addEventListener("change", () => this.#refit(), { signal });
      for (const kind of ["resize", "scroll"]) window.visualViewport?.addEventListener(kind, () => this.#fit(), { signal });
      /* A browser copies a tab's storage to a tab opened from it. Whoever leaves a page says so in the storage; a page
         that finds it unsaid is such a copy, and takes a conversation of its own. */
      addEventListener("pagehide", () => this.#keep("parked", "1"), { signal });
      addEventListener("pageshow", (event) => event.persisted && (this.#load(), this.#render()), { signal });
    }

    disconnectedCallback() {
      this.#leaving.abort();
      this.#keep("parked", "1");
      this.#ui = null;
    }

    attributeChangedCallback(name, before, after) {
      if (!this.#ui) return;
      if (name === "server" && before !== after) this.#load();
      this.#render();
    }

    static #sheet = sheet(STYLE);

    /* Properties and methods for the page. */
    get server() {
      return new URL(`${(this.getAttribute("server") || HERE).replace(/\/*$/, "")}/`, location.href).href;
    }
    get conversation() {
      return this.#state.conversation;
    }
    get opened() {
      return Boolean(this.#ui && (this.#inline || this.#ui.panel.open));
    }

    open() {
      if (!this.#ui || this.opened) return;
      const active = document.activeElement;
      this.#from = active && active !== document.body && active !== this ? active : null;
      this.#unfold();
      // On a touch screen the keyboard would jump up over the first words.
      const target = matchMedia("(pointer: coarse)").matches ? this.#ui.scroller : this.#ui.input;
      target.focus({ preventScroll: true });
      this.#emit("open");
    }

    close() {
      if (!this.#ui || this.#inline || !this.opened) return;
      this.#ui.panel.close();
      this.#opened(false);
      (this.#from?.isConnected ? this.#from : this.#ui.launcher).focus({ preventScroll: true });
      this.#emit("close");
    }

    /* Sends a message as if it had been typed; the promise is of the reply. */
    async ask(text) {
      text = String(text).trim();
      if (!text) throw new TypeError("There is nothing to ask.");
      this.open();
      return this.#send(text);
    }

    /* How it looks. */
    get #inline() {
      return this.hasAttribute("inline");
    }

    get #lang() {
      const wanted = (this.closest("[lang]")?.lang || "").toLowerCase();
      return [wanted, wanted.split("-")[0]].find((one) => Object.hasOwn(LANGUAGES, one)) || "en";
    }

    get #words() {
      return { ...LANGUAGES.en, ...LANGUAGES[this.#lang] };
    }

    #render() {
      const words = this.#words;
      const inline = this.#inline;
      const open = this.#ui?.panel.open || (this.#state.opened && !PHONE.matches);
      const ui = (this.#ui = {});
      const heading = this.getAttribute("heading") || words.heading;
      const press = (part, name, children, act, more = {}) => h("button", { type: "button", part, "aria-label": name, click: act, ...more }, children);
      const privacy = this.getAttribute("privacy");

      ui.badge = h("span", { part: "badge", hidden: true });
      ui.launcher = press("launcher", "", [icon("chat"), ui.badge], () => (this.opened ? this.close() : this.open()), { "aria-haspopup": "dialog" });
      ui.tools = h("div", { part: "tools", id: "tools", hidden: true },
        this.#tool("fresh", () => this.#renew(), true), this.#tool("copy", () => this.#copy()),
        this.#tool("print", () => this.#print()), this.#tool("forget", () => this.#forget(), true));
      ui.menu = press("menu", words.menu, icon("menu"), () => {
        ui.tools.hidden = !ui.tools.hidden;
        ui.menu.setAttribute("aria-expanded", String(!ui.tools.hidden));
      }, { "aria-expanded": "false", "aria-controls": "tools" });
      ui.log = h("div", { part: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions", "aria-label": words.log });
      ui.typing = h("div", { part: "typing", hidden: true, "aria-hidden": "true" }, h("i"), h("i"), h("i"));
      ui.suggestions = h("div", { part: "suggestions", role: "group", "aria-label": words.next });
      ui.scroller = h("div", { part: "scroller", tabindex: "0", role: "group", "aria-label": words.log },
        h("div", { part: "notice" }, h("p", {}, words.about), h("p", {}, words.stored.replace("{host}", new URL(this.server).host), " ",
          privacy && h("a", { href: privacy, target: "_blank", rel: "noopener" }, words.privacy))),
        h("p", { part: "greeting", dir: "auto" }, this.getAttribute("greeting") || words.greeting),
        ui.log, ui.typing, ui.suggestions);
      ui.status = h("p", { part: "status", role: "status" });
      ui.input = h("textarea", { part: "input", rows: "1", dir: "auto", placeholder: words.input, "aria-label": words.input, enterkeyhint: "send",
        input: () => this.#grow(true),
        keydown: (event) => {
          // While a word is being composed (Japanese, Chinese, ...), Enter belongs to the composing.
          if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
          event.preventDefault();
          this.#submit();
        } });
      const form = h("form", { part: "form", submit: (event) => (event.preventDefault(), this.#submit()) },
        ui.input, h("button", { type: "submit", part: "send", "aria-label": words.send }, icon("send")));
      ui.panel = h(inline ? "section" : "dialog", { part: "panel", "aria-labelledby": "heading",
        cancel: (event) => (event.preventDefault(), this.close()) }, // Android's back gesture
        h("div", { part: "header" }, h("h2", { part: "heading", id: "heading", dir: "auto" }, heading), ui.menu,
          !inline && press("close", words.close, icon("close"), () => this.close())),
        ui.tools, ui.scroller, ui.status, form);

      this.#root.replaceChildren(h("div", { class: "root", lang: this.#lang, dir: words.dir,
        keydown: (event) => {
          if (event.key !== "Escape" || event.isComposing || inline || !this.opened) return;
          event.preventDefault();
          event.stopPropagation();
          this.close();
        } }, !inline && ui.launcher, ui.panel));
      ui.input.value = this.#kept("draft") || "";
      this.#grow();
      for (const turn of this.#state.turns) this.#add(turn, false);
      this.#suggest();
      this.#badge(false);
      if (open && !inline) this.#unfold();
      this.#toEnd();
    }

    /* What can't be undone is asked for twice. */
    #tool(key, act, careful) {
      const button = h("button", { type: "button", part: "tool", blur: () => sure && ((sure = false), this.#tell()),
        click: () => {
          if (careful && !sure && this.#state.turns.length) {
            sure = true;
            return this.#tell("sure");
          }
          sure = false;
          act();
        } }, this.#words[key]);
      let sure = false;
      return button;
    }

    #tell(key) {
      this.#ui.status.textContent = key ? this.#words[key] : "";
    }

    #unfold() {
      const { panel } = this.#ui;
      // `show()` would move the focus, after a page change too.
      if (PHONE.matches) panel.showModal();
      else panel.setAttribute("open", "");
      this.#opened(true);
      this.#fit();
      this.#grow();
      this.#toEnd();
    }

    #opened(yes) {
      this.#state.opened = yes;
      this.#badge(false);
      this.#save();
    }

    #badge(unread) {
      const { launcher, badge, panel } = this.#ui;
      badge.hidden = !unread;
      launcher.setAttribute("aria-expanded", String(Boolean(panel.open)));
      launcher.setAttribute("aria-label", unread ? `${this.#words.open}: ${this.#words.unread}` : this.#words.open);
    }

    /* The window became a phone's, or no longer is one. */
    #refit() {
      if (this.#inline || !this.opened) return;
      const focused = this.#root.activeElement;
      this.#ui.panel.close();
      this.#unfold();
      focused?.focus({ preventScroll: true });
    }

    /* A phone's keyboard covers the page: take only what is left of the screen. */
    #fit() {
      const view = window.visualViewport;
      if (!view || !this.#ui || view.scale > 1.01) return; // while zoomed in, the window stays as it is
      this.#ui.panel.style.setProperty("--_height", `${view.height}px`);
      this.#ui.panel.style.setProperty("--_top", `${view.offsetTop}px`);
    }

    #grow(typed) {
      const { input } = this.#ui;
      input.style.blockSize = "auto";
      if (input.scrollHeight) input.style.blockSize = `${input.scrollHeight + 2}px`;
      if (typed) this.#keep("draft", input.value);
    }

    #toEnd() {
      this.#ui.scroller.scrollTop = this.#ui.scroller.scrollHeight;
    }

    /* Adds a turn to the log. `fresh`: it happens now; what was said earlier is not announced again. */
    #add(turn, fresh) {
      const place = h("div", { part: "turn" }, h("p", { part: "message", dir: "auto" }, this.#speaker("you"), turn.user));
      this.#places.set(turn, place);
      this.#ui.log.append(place);
      this.#fill(turn, fresh);
    }

    #speaker(who) {
      return h("span", { class: "spoken" }, `${this.#words[who]}: `);
    }

    /* What followed a message: its reply, or what went wrong. */
    #fill(turn, fresh) {
      const place = this.#places.get(turn);
      if (!place?.isConnected) return;
      place.querySelector(".error")?.remove();
      if (turn.reply) place.append(this.#reply(turn, fresh));
      else if (turn.failed)
        place.append(h("div", { part: "error" }, h("p", { role: fresh && "alert" }, turn.failed),
          h("button", { type: "button", part: "retry", click: () => this.#retry(turn) }, this.#words.retry),
          h("button", { type: "button", part: "edit", click: () => this.#edit(turn) }, this.#words.edit)));
      if (fresh) this.#ui.scroller.scrollTop = place.offsetTop - 4; // a long reply is read from its top
    }

    /* A reply, its parts set apart. With `fresh` null it is for paper: no buttons. */
    #reply(turn, fresh) {
      const { reply } = turn;
      const whole = h("div", { part: "reply", lang: "en", dir: "ltr" }, this.#speaker("bot"));
      let before = "";
      let group = whole;
      for (const block of blocks(reply)) {
        const quoted = /quote|item/.test(block.role);
        if (quoted && !/quote|item/.test(before)) whole.append((group = h("blockquote", { part: "quote" })));
        if (block.role === "caveat" && before !== "caveat") whole.append((group = h("ul", { part: "caveats", "aria-label": this.#words.notes })));
        if (quoted) {
          const sentences = block.pieces.flatMap(({ text, quote }) => (quote && fresh !== null ? this.#source(quote) : text));
          if (block.role === "quote") group.append(h("p", {}, sentences));
          else {
            if (before !== "item") group.append(h("ul"));
            group.lastElementChild.append(h("li", { part: "item" }, sentences));
          }
        } else if (block.role === "caveat") group.append(h("li", { part: "caveat" }, block.text));
        else if (block.role === "urgent")
          whole.append(h("div", { part: "urgent", role: fresh ? "alert" : "group" },
            h("strong", { part: "urgent-heading", lang: this.#lang, dir: "auto" }, icon("warning"), this.#words[reply.urgent.level] || this.#words.emergency),
            block.text.split("\n").map((line) => h("p", {}, line))));
        else whole.append(h("p", { part: block.role }, block.text));
        before = block.role;
      }
      if (fresh !== null && this.hasAttribute("feedback") && reply.kind !== "chat") whole.append(this.#thumbs(turn));
      return whole;
    }

    #thumbs(turn) {
      const thumb = (key, helpful) => h("button", { type: "button", part: "thumb", "aria-pressed": String(turn.helpful === helpful),
        click: async () => {
          const detail = { conversation: turn.reply.conversation, turn: turn.number, helpful };
          try {
            await this.#request("POST", "api/feedback", detail);
          } catch (error) {
            return this.#failed(error);
          }
          turn.helpful = helpful;
          this.#save();
          for (const [one, value] of thumbs) one.setAttribute("aria-pressed", String(value === helpful));
          this.#emit("feedback", detail);
        } }, this.#words[key]);
      const thumbs = new Map([true, false].map((helpful) => [thumb(helpful ? "yes" : "no", helpful), helpful]));
      return h("div", { part: "feedback", role: "group", "aria-label": this.#words.helpful, lang: this.#lang, dir: this.#words.dir },
        h("span", {}, this.#words.helpful), ...thumbs.keys());
    }

    #suggest() {
      const last = this.#state.turns.at(-1);
      const questions = last ? last.reply?.suggestions || [] : (this.getAttribute("questions") || "").split("|");
      this.#ui.suggestions.replaceChildren(...questions.map((text) => text.trim()).filter(Boolean).map((text) =>
        h("button", { type: "button", part: "suggestion", lang: "en", dir: "auto",
          click: () => {
            this.#ui.input.focus({ preventScroll: true }); // the button goes away with the focus on it
            this.#send(text).catch(() => {});
          } }, text)));
      this.#ui.suggestions.hidden = !this.#ui.suggestions.firstChild;
    }

    /* The sources. */
    #source(quote) {
      const end = quote.text.lastIndexOf(" ") + 1;
      const button = h("button", { type: "button", part: "show", "aria-label": `${this.#words.show}: ${quote.text}`, title: this.#words.show,
        click: () => this.#showSource(quote, button) }, icon("show"));
      return [quote.text.slice(0, end), h("span", { class: "end" }, quote.text.slice(end), button)]; // the button stays with the last word
    }

    async #showSource(quote, button) {
      this.#tell();
      const range = findInPage(quote);
      if (range) {
        const [there, box] = [range, this.#ui.panel].map((one) => one.getBoundingClientRect());
        const covered = !this.#inline && Math.min(there.right, box.right) - Math.max(there.left, box.left) > there.width / 2;
        if (covered) this.close();
        const around = mark(range);
        if (covered) {
          // The window made way: reading goes on at the sentence.
          around.tabIndex = -1;
          around.focus({ preventScroll: true });
        }
        return this.#tell("shown");
      }
      const place = button.closest(".reply");
      const was = button.getAttribute("aria-expanded") === "true";
      place.querySelector(".passage")?.remove();
      for (const other of place.querySelectorAll(".show")) other.removeAttribute("aria-expanded");
      if (was) return;
      try {
        const [passage] = await this.#request("GET", `api/passages/${encodeURIComponent(quote.article)}/${encodeURIComponent(quote.passage)}`);
        const sentences = passage.sentences.flatMap(({ text, start }) => [h(start === quote.start ? "mark" : "span", {}, text), " "]);
        place.querySelector(".passage")?.remove();
        button.closest(".quote").append(h("div", { part: "passage", role: "group", "aria-label": this.#words.passage },
          h("div", { part: "trail" }, (passage.heading.length ? passage.heading : [passage.title]).join(" › ")), h("p", {}, sentences)));
        button.setAttribute("aria-expanded", "true");
      } catch (error) {
        this.#failed(error);
      }
    }

    /* Sending. */
    #submit() {
      const text = this.#ui.input.value.trim();
      if (!text) return;
      this.#ui.input.value = "";
      this.#grow(true);
      this.#send(text).catch(() => {}); // said in the log
    }

    #send(text) {
      const turn = { user: text };
      this.#state.turns.push(turn);
      return this.#deliver(turn);
    }

    #deliver(turn) {
      const state = this.#state;
      this.#tell();
      this.#add(turn, true);
      this.#suggest();
      this.#save();
      const sent = this.#queue.then(() => this.#post(turn, state));
      this.#queue = sent.catch(() => {});
      return sent;
    }

    async #post(turn, state) {
      const typing = setTimeout(() => state === this.#state && this.#ui && ((this.#ui.typing.hidden = false), this.#toEnd()), 300);
      try {
        const body = { text: turn.user };
        if (state.conversation) body.conversation = state.conversation;
        if (state.dialogue) body.dialogue = state.dialogue;
        const [reply, headers] = await this.#request("POST", "api/messages", body);
        if (typeof reply?.text !== "string") throw this.#fail(this.#words.broken);
        for (const list of ["quotes", "caveats", "corrections", "suggestions"]) reply[list] ||= [];
        if (state.conversation && state.conversation !== reply.conversation) state.past.push(state.conversation);
        state.count = state.conversation === reply.conversation || state.dialogue ? state.count + 1 : 1;
        state.conversation = reply.conversation;
        state.dialogue = headers.get("Dialogue") || "";
        Object.assign(turn, { reply, number: state.count });
        return reply;
      } catch (error) {
        turn.failed = error.message;
        throw error;
      } finally {
        clearTimeout(typing);
        if (state === this.#state && this.#ui) this.#arrived(turn);
      }
    }

    #arrived(turn) {
      this.#ui.typing.hidden = true;
      this.#save();
      // Urgent advice does not wait behind a closed window.
      if (turn.reply?.urgent && !this.opened) this.#unfold();
      this.#suggest();
      this.#fill(turn, true);
      if (!this.opened) this.#badge(true);
      if (turn.reply) this.#emit("reply", turn.reply);
    }

    async #request(method, path, body) {
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), PATIENCE);
      let response;
      try {
        response = await fetch(new URL(path, this.server), {
          method, signal: stop.signal, credentials: "omit", cache: "no-store",
          headers: body && { "Content-Type": "application/json" }, body: body && JSON.stringify(body),
        });
        if (response.ok) return [response.status === 204 ? null : await response.json(), response.headers];
      } catch {
        throw this.#fail(this.#words[navigator.onLine ? "away" : "offline"]);
      } finally {
        clearTimeout(timer);
      }
      const said = await response.json().catch(() => null);
      const seconds = Math.ceil(Number(response.headers.get("Retry-After"))) || 10;
      const { wait, broken } = this.#words;
      if (response.status === 429) throw this.#fail(wait.replace("{seconds}", seconds), 429, seconds);
      throw this.#fail(response.status < 500 && typeof said?.error === "string" ? said.error : broken, response.status);
    }

    #fail(message, status = 0, retryAfter = 0) {
      this.#emit("error", { message, status, retryAfter });
      return Object.assign(new Error(message), { status });
    }

    #failed(error) {
      if (this.#ui) this.#ui.status.textContent = error.message;
    }

    #withdraw(turn) {
      this.#state.turns.splice(this.#state.turns.indexOf(turn), 1);
      this.#places.get(turn).remove();
      this.#ui.input.focus({ preventScroll: true });
      delete turn.failed;
    }

    #retry(turn) {
      this.#withdraw(turn);
      this.#state.turns.push(turn);
      this.#deliver(turn).catch(() => {});
    }

    #edit(turn) {
      this.#withdraw(turn);
      const { input } = this.#ui;
      input.value = [turn.user, input.value].filter(Boolean).join("\n");
      this.#grow(true);
      this.#save();
      this.#suggest();
    }

    /* What the menu does. */
    #restart(past) {
      this.#state = { ...blank(past), opened: this.#state.opened };
      this.#ui.log.replaceChildren();
      this.#ui.typing.hidden = true;
      this.#suggest();
      this.#save();
      if (window.Highlight) CSS.highlights?.delete(NAME);
    }

    #ids() {
      return [...new Set([...this.#state.past, this.#state.conversation])].filter(Boolean);
    }

    #renew() {
      this.#restart(this.#ids());
      this.#tell();
      this.#ui.input.focus({ preventScroll: true });
    }

    async #forget() {
      const old = this.#state;
      const ids = this.#ids();
      this.#restart(ids);
      this.#ui.input.value = "";
      this.#grow(true);
      await this.#queue; // a message on its way may still begin a conversation
      if (old.conversation && !ids.includes(old.conversation)) ids.push(old.conversation);
      const left = [];
      for (const id of ids) {
        try {
          await this.#request("DELETE", `api/conversations/${encodeURIComponent(id)}`);
        } catch (error) {
          if (error.status !== 404) left.push(id);
        }
      }
      this.#state.past = [...this.#state.past.filter((id) => !ids.includes(id)), ...left];
      this.#save();
      if (this.#ui) this.#tell(left.length ? "unforgotten" : "forgotten");
    }

    get #transcript() {
      const lines = [this.#ui.panel.querySelector("h2").textContent, this.#words.about, ""];
      for (const { user, reply, failed } of this.#state.turns) {
        lines.push(`${this.#words.you}: ${user}`, "");
        if (reply?.urgent) lines.push(this.#words[reply.urgent.level] || this.#words.emergency);
        lines.push(`${this.#words.bot}: ${reply ? reply.text : failed || ""}`, "");
      }
      return lines.join("\n");
    }

    async #copy() {
      let copied = true;
      try {
        await navigator.clipboard.writeText(this.#transcript);
      } catch {
        // No permission, or a page without https: the old way.
        const area = h("textarea", { class: "spoken" });
        area.value = this.#transcript;
        this.#ui.panel.append(area);
        area.select();
        copied = document.execCommand("copy");
        area.remove();
      }
      this.#tell(copied ? "copied" : "uncopied");
    }

    /* Paper gets a page of its own. */
    #print() {
      this.#root.querySelector(".paper")?.remove();
      const frame = h("iframe", { class: "paper", title: this.#words.print, "aria-hidden": "true", tabindex: "-1", load: () => {
        const paper = frame.contentDocument;
        paper.title = this.#ui.panel.querySelector("h2").textContent;
        paper.documentElement.dir = this.#words.dir;
        paper.adoptedStyleSheets = [sheet(PRINTED, frame.contentWindow)];
        paper.body.append(h("h1", {}, paper.title), h("p", {}, this.#words.about), ...this.#state.turns.flatMap((turn) =>
          [h("p", { class: "message" }, `${this.#words.you}: ${turn.user}`), turn.reply ? this.#reply(turn, null) : turn.failed || ""]));
        frame.contentWindow.addEventListener("afterprint", () => frame.remove());
        frame.contentWindow.print();
      } });
      this.#root.append(frame);
    }

    #emit(kind, detail = null) {
      this.dispatchEvent(new CustomEvent(`spinebot-${kind}`, { detail, bubbles: true, composed: true }));
    }

    /* What the tab remembers, per server and per element's id. */
    #key(name) {
      return `${NAME} ${this.server} ${this.id} ${name}`;
    }

    #keep(name, value) {
      try {
        if (value) sessionStorage.setItem(this.#key(name), value);
        else sessionStorage.removeItem(this.#key(name));
      } catch {
        /* forbidden, or full */
      }
    }

    #kept(name) {
      try {
        return sessionStorage.getItem(this.#key(name));
      } catch {
        return null;
      }
    }

    #save() {
      const { turns, past } = this.#state;
      this.#keep("chat", turns.length || past.length || this.#state.opened ? JSON.stringify(this.#state) : "");
    }

    #load() {
      try {
        this.#state = { ...blank(), ...JSON.parse(this.#kept("chat")) };
      } catch {
        this.#state = blank();
      }
      // A page that was left before the reply came: the message is still there to be sent.
      for (const turn of this.#state.turns) if (!turn.reply) turn.failed ||= this.#words.away;
      if (this.#state.conversation && !this.#kept("parked")) Object.assign(this.#state, { conversation: "", past: [] });
      this.#keep("parked", "");
      this.#save();
    }
  }

  customElements.define(NAME, SpineBot);
})();
