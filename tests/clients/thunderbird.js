/* What an invitee does in Thunderbird. Marionette runs `play` in the chrome of the main window, with the name of a step. */

const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const { cal } = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");
// The timer of the module runs on while a modal dialog is open; that of the window does not.
const later = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs").setTimeout;

const sleep = ms => new Promise(resolve => later(resolve, ms));
const mainWindow = () => Services.wm.getMostRecentWindow("mail:3pane");
const tabs = () => mainWindow().document.getElementById("tabmail");
const folderPane = () => tabs().currentAbout3Pane;
const messagePane = () => tabs().currentAboutMessage;
const messageBody = () => messagePane().document.getElementById("messagepane").contentDocument;
const composers = () => [...Services.wm.getEnumerator("msgcompose")];
const server = () => MailServices.accounts.getAccount("account1").incomingServer;
const inbox = () => server().rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);

const until = async (found, ms, what) => {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(60)) {
    let value = null;
    try { value = found(); } catch (error) { /* not there yet */ }
    if (value) return value;
  }
  if (what) throw new Error(`waited in vain for ${what}`);
  return null;
};

const mouse = (win, element) => {
  const box = element.getBoundingClientRect();
  const [x, y] = [box.left + Math.min(12, box.width / 3), box.top + Math.min(8, box.height / 2)];
  for (const type of ["mousemove", "mousedown", "mouseup"]) {
    const clickCount = type == "mousemove" ? 0 : 1;
    win.synthesizeMouseEvent(type, x, y,
      { identifier: win.windowUtils.DEFAULT_MOUSE_POINTER_ID, button: 0, clickCount, modifiers: 0, inputSource: win.MouseEvent.MOZ_SOURCE_MOUSE },
      { isDOMEventSynthesized: true, isWidgetEventSynthesized: false, isAsyncEnabled: false });
  }
};

const fetchMail = () => new Promise(resolve => {
  const listener = { OnStartRunningUrl() {}, OnStopRunningUrl: resolve, QueryInterface: ChromeUtils.generateQI(["nsIUrlListener"]) };
  inbox().QueryInterface(Ci.nsIMsgImapMailFolder).updateFolderWithListener(mainWindow().msgWindow, listener);
  later(resolve, 4000);
});

const openComposer = async open => {
  const before = new Set(composers());
  open();
  const win = await until(() => composers().find(one => !before.has(one)), 15000, "the compose window");
  await until(() => win.document.readyState == "complete" && win.gMsgCompose?.editor && win.composeEditorReady !== false, 15000, "its editor");
  await sleep(500);
  return win;
};

const steps = {
  /* Log in and turn the calendar on, which a fresh profile has turned off; says version and language. */
  async start(host, user, password, width, height) {
    await until(() => mainWindow() && tabs()?.currentTabInfo, 40000, "the main window");
    const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
    login.init(`imap://${host}`, null, `imap://${host}`, user, password, "", "");
    await Services.logins.addLoginAsync(login);
    server().performExpand(mainWindow().msgWindow);
    await until(inbox, 20000, "the inbox");
    await until(() => cal.manager.getCalendars().length, 10000, "a calendar");
    for (const calendar of cal.manager.getCalendars()) calendar.setProperty("disabled", false);
    await until(() => folderPane()?.document.readyState == "complete" && folderPane().displayFolder, 20000, "the folders");
    mainWindow().resizeTo(width, height);
    await sleep(300);
    const splitter = folderPane().document.getElementById("messagePaneSplitter");
    if (splitter) splitter.height = Math.round(height * 0.72);
    return { version: Services.appinfo.version, locale: Services.locale.appLocaleAsBCP47 };
  },

  /* Show a message of the inbox, and wait until it is drawn. */
  async open(messageId, ms) {
    const find = () => [...inbox().messages].find(header => header.messageId == messageId);
    for (const end = Date.now() + ms; !find(); await sleep(300)) {
      if (Date.now() > end) throw new Error(`${messageId} did not arrive`);
      await fetchMail();
    }
    const header = find(), pane = folderPane();
    pane.displayFolder(inbox().URI);
    await until(() => pane.gDBView && pane.gFolder?.URI == inbox().URI, 15000, "the list of messages");
    const row = () => { const index = pane.gDBView.findIndexOfMsgHdr(header, true); return index == 0xffffffff ? null : [index]; };
    const [index] = await until(row, 15000, "the message in the list");
    pane.threadTree.selectedIndex = -1;
    await sleep(50);
    pane.threadTree.selectedIndex = index;
    await until(() => messagePane()?.gMessage?.messageId == messageId, 20000, "the message");
    await until(() => messagePane().msgLoaded, 8000);
  },

  /* What the invitee sees: the bar of the invitation with its buttons, Thunderbird's own table of the meeting, the mail's text. */
  async look(ms) {
    const page = messagePane().document, bar = page.getElementById("imip-bar");
    const shown = () => !bar.collapsed && bar.getBoundingClientRect().height > 0;
    const buttons = () => [...page.querySelectorAll("#imip-view-toolbar toolbarbutton")]
      .filter(button => button.id && !button.hidden && button.getBoundingClientRect().width > 0);
    await until(() => shown() && buttons().length, ms);
    await sleep(400);
    const own = messageBody().getElementById("imipHTMLDetails")?.innerText ?? "";
    return {
      bar: shown() ? bar.querySelector(".msgNotificationBarText").textContent.trim() : "",
      buttons: shown() ? buttons().map(button => button.id) : [],
      details: own,
      text: messageBody().body.innerText.replace(own, ""),
    };
  },

  /* Press a button of the bar. The press comes after the step is over, so that a question cannot block it. */
  async press(id) {
    const button = messagePane().document.getElementById(id);
    if (!button || button.hidden || !button.getBoundingClientRect().width) throw new Error(`${id} is not shown`);
    later(() => mouse(messagePane(), button), 100);
  },

  /* Click the mailto: link that has these words in it, and send the ready mail that opens. */
  async followLink(words) {
    const page = messageBody();
    const link = [...page.querySelectorAll("a[href^='mailto:']")].find(one => decodeURIComponent(one.href).includes(words));
    if (!link) throw new Error(`no link says ${words}`);
    link.scrollIntoView();
    await sleep(150);
    const win = await openComposer(() => mouse(page.defaultView, link));
    later(() => win.goDoCommand("cmd_sendNow"), 0);
    return link.href;
  },

  /* Reply, type the words with key events above the quotation, and send. */
  async reply(words) {
    const win = await openComposer(() => folderPane().commandController.doCommand("cmd_reply"));
    const editor = win.document.getElementById("messageEditor");
    win.focus();
    editor.focus();
    editor.contentWindow.focus();
    await sleep(200);
    const typist = Cc["@mozilla.org/text-input-processor;1"].createInstance(Ci.nsITextInputProcessor);
    if (!typist.beginInputTransactionForTests(editor.contentWindow)) throw new Error("cannot type");
    for (const letter of words) {
      const [key, keyCode] = letter == "\n" ? ["Enter", 13] : [letter, 0];
      const event = new win.KeyboardEvent("", { key, code: keyCode ? key : "", keyCode });
      typist.keydown(event);
      typist.keyup(event);
    }
    await sleep(200);
    later(() => win.goDoCommand("cmd_sendNow"), 0);
  },
};

const play = (name, ...rest) => {
  const done = rest.pop();
  steps[name](...rest).then(
    value => done({ value: value ?? null }),
    error => done({ error: `${error} ${error?.stack ?? ""}` }));
};
