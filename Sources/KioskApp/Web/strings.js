// Every word that a person reads, in both languages; codes of the agent and the readers are keys.
import { texts as deviceTexts } from "./strings-devices.js";
import { texts as reviewTexts } from "./strings-review.js";
import { teachTexts } from "./strings-teach.js";

const texts = {
  ...reviewTexts,
  ...deviceTexts,
  skip: ["Hoppa till innehållet", "Skip to the content"],
  languages: ["Språk", "Language"],
  start: ["Till start", "To the start"],
  scan: ["Skanna", "Scan"],
  scanTitle: ["Lägg bunten i mataren", "Put the stack in the feeder"],
  scanLead: [
    "Tryck sedan på Skanna. Blanketterna läses medan bunten går igenom; du frågas bara om det som är osäkert.",
    "Then press Scan. Forms are read while the stack runs through; you are asked only about what is doubtful.",
  ],
  scanning: ["Skannar …", "Scanning …"],
  scanner: ["Skanner", "Scanner"],
  profile: ["Inställning", "Setting"],
  "profile.form-a4": ["A4, en sida", "A4, one side"],
  "profile.form-a4-duplex": ["A4, båda sidor", "A4, both sides"],
  "profile.form-a4-color": ["A4 i färg", "A4 in colour"],
  "profile.form-a5": ["A5, en sida", "A5, one side"],
  "profile.other": ["{0}", "{0}"],
  sendWhenChecked: ["Går att skicka när alla fält är kontrollerade. Kvar: {0}.", "Can be sent when every field is checked. Left: {0}."],
  noScanner: ["Ingen skanner är ansluten till den här stationen.", "No scanner is connected to this station."],
  "notSearched.usb": [
    "Skannrar på USB hittas inte just nu: datorns USB kan inte läsas. Be en tekniker titta på stationen.",
    "Scanners on the USB are not found at present: the computer's USB cannot be read. Ask a technician to look at the station.",
  ],
  "notSearched.network": [
    "Skannrar i nätverket hittas inte just nu: tjänsten avahi-daemon svarar inte. Be en tekniker starta den.",
    "Scanners on the network are not found at present: the service avahi-daemon does not answer. Ask a technician to start it.",
  ],
  ready: ["Redo", "Ready"],
  buttonPressed: ["Någon tryckte på skannerns knapp. Tryck på Skanna här.", "Somebody pressed the scanner's button. Press Scan here."],
  busy: ["Upptagen", "Busy"],
  searching: ["Letar efter skannern …", "Looking for the scanner …"],
  feederLoaded: ["papper i mataren", "paper in the feeder"],
  feederEmpty: ["mataren är tom", "the feeder is empty"],
  toReview: ["Att kontrollera", "To check"],
  recent: ["Senast skickade", "Sent lately"],
  nothingToReview: ["Inget väntar på dig.", "Nothing waits for you."],
  "pages.one": ["1 sida", "1 page"],
  "pages.many": ["{0} sidor", "{0} pages"],
  "documents.one": ["1 dokument", "1 document"],
  "documents.many": ["{0} dokument", "{0} documents"],
  pageN: ["Sida {0}", "Page {0}"],
  doubtful: ["{0} att kontrollera", "{0} to check"],
  open: ["Öppna", "Open"],
  batch: ["Bunten", "The stack"],
  progressScanning: ["Skannar – {0} hittills", "Scanning – {0} so far"],
  progressReading: ["Läser – {0} av {1} sidor klara", "Reading – {0} of {1} pages done"],
  readingBatch: ["Läser en bunt på {0}", "Reading a stack of {0}"],
  progressDone: ["Klart – {0}, {1}", "Done – {0}, {1}"],
  checkNow: ["Kontrollera nu", "Check now"],
  scanAgain: ["Till start och skanna igen", "To the start, scan again"],
  stop: ["Stoppa", "Stop"],
  incompleteTitle: ["Alla ark har inte kommit fram", "Not every sheet has come through"],
  incompleteAdvice: [
    "Lägg tillbaka bunten från och med ark {0} och tryck på Fortsätt. Det som redan är skannat är sparat.",
    "Put the stack back from sheet {0} on and press Continue. What has been scanned is kept.",
  ],
  continue: ["Fortsätt från ark {0}", "Continue from sheet {0}"],
  finish: ["Inget mer kommer", "There is no more"],
  failedTitle: ["Inget ark skannades", "No sheet was scanned"],
  waiting: ["Väntar", "Waits"],
  send: ["Skicka", "Send"],
  confirm: ["Bekräfta", "Confirm"],
  save: ["Spara", "Save"],
  clear: ["Lämna tomt", "Leave empty"],
  change: ["Ändra", "Change"],
  discard: ["Släng", "Discard"],
  discardReally: ["Släng dokumentet? Det skickas inte och går inte att få tillbaka.", "Discard the document? It is not sent and cannot be brought back."],
  discardYes: ["Ja, släng", "Yes, discard"],
  cancel: ["Avbryt", "Cancel"],
  keep: ["Lägg åt sidan", "Put aside"],
  reopen: ["Granska igen", "Review again"],
  readAgain: ["Läs igen", "Read again"],
  checkThese: ["Kontrollera", "Please check"],
  sureOnes: ["Lästa fält", "Fields that were read"],
  allChecked: ["Allt är kontrollerat. Dokumentet kan skickas.", "Everything has been checked. The document can be sent."],
  keys: ["Enter bekräftar, Tab går vidare, Esc går tillbaka.", "Enter confirms, Tab goes on, Esc goes back."],
  valueOf: ["Värde för {0}", "Value of {0}"],
  pictureOf: ["Bild av sida {0}", "Picture of page {0}"],
  snippetOf: ["Utklipp: {0}", "Snippet: {0}"],
  paper: ["Papperet", "The paper"],
  rowN: ["Rad {0}", "Row {0}"],
  rowNew: ["Rad {0}, lämnas tom om inget står där", "Row {0}, left empty if nothing stands there"],
  yes: ["Ja", "Yes"],
  no: ["Nej", "No"],
  noValue: ["tomt", "empty"],
  machineRead: ["Maskinen läste: {0}", "The machine read: {0}"],
  document: ["Dokument", "Document"],
  unknownDocument: ["Okänt papper", "Unknown paper"],
  erased: ["Innehållet är raderat; dokumentet är levererat eller slängt.", "The contents are erased; the document was delivered or discarded."],
  whoAreYou: ["Vem är du?", "Who are you?"],
  pin: ["PIN-kod", "PIN"],
  signIn: ["Logga in", "Sign in"],
  signedIn: ["{0} är inloggad.", "{0} is signed in."],
  signOut: ["Logga ut", "Sign out"],
  somebodyElse: ["Någon annan", "Somebody else"],
  byAccount: ["loggar in med datorns konto", "signs in with the computer's account"],
  people: ["Personal", "People"],
  role: ["Roll", "Role"],
  "role.clerk": ["Handläggare", "Clerk"],
  "role.technician": ["Tekniker", "Technician"],
  "role.administrator": ["Administratör", "Administrator"],
  name: ["Namn", "Name"],
  account: ["Konto på datorn", "Account on the computer"],
  accountHint: ["Om webbläsaren körs under det kontot behövs ingen PIN-kod.", "If the browser runs under this account no PIN is needed."],
  accountIs: ["konto: {0}", "account: {0}"],
  pinHint: ["4–12 siffror", "4–12 digits"],
  newPIN: ["Ny PIN-kod", "New PIN"],
  saved: ["Sparat.", "Saved."],
  addPerson: ["Lägg till", "Add"],
  addedPerson: ["{0} är tillagd.", "{0} was added."],
  removePerson: ["Ta bort", "Remove"],
  removeReally: ["Ja, ta bort {0}", "Yes, remove {0}"],
  removedPerson: ["{0} är borttagen.", "{0} was removed."],
  firstPerson: [
    "Ingen behöver logga in här ännu. Den första måste vara administratör; sedan måste alla logga in.",
    "Nobody needs to sign in here yet. The first one must be an administrator; from then on everybody signs in.",
  ],
  signInTitle: ["Öppna sidan med stationens startlänk", "Open the page with the station's start link"],
  signInLead: [
    "Be teknikern öppna sidan åt dig. Länken byts varje gång stationen startar och finns i filen agent.address i stationens datamapp.",
    "Ask the technician to open the page for you. The link changes every time the station starts, and is in the file agent.address in the station's data folder.",
  ],
  lost: ["Stationen svarar inte. Sidan försöker igen av sig själv.", "The station does not answer. The page tries again by itself."],
  allWell: ["Allt fungerar", "All is well"],
  queueOffline: ["Mottagaren nås inte – {0} sparade här", "The receiver is away – {0} kept safe here"],
  bridgeAway: ["Mottagaren nås inte – du kan arbeta vidare", "The receiver is away – you can work on"],
  queueSending: ["{0} skickas", "{0} being sent"],
  noBridge: ["Ingen mottagare är inställd", "No receiver is set up"],
  readingStopped: ["Läsningen står stilla", "Reading is at a standstill"],
  storageTrouble: ["Disken är full eller trasig", "The disk is full or failing"],

  "field.read": ["läst", "read"],
  "field.uncertain": ["osäkert", "uncertain"],
  "field.empty": ["tomt", "empty"],
  "field.unreadable": ["oläsligt", "unreadable"],
  "field.confirmed": ["bekräftat", "confirmed"],
  "field.corrected": ["rättat", "corrected"],

  "state.waiting": ["Väntar på dig", "Waits for you"],
  "state.ready": ["Klart att skicka", "Ready to send"],
  "state.kept": ["Lagt åt sidan", "Put aside"],
  "state.rereading": ["Läses igen", "Being read again"],
  "state.queued": ["Skickas", "Being sent"],
  "state.sent": ["Skickat", "Sent"],
  "state.refused": ["Ej mottaget", "Not accepted"],
  "state.discarded": ["Slängt", "Discarded"],

  "outcome.read": ["Läst", "Read"],
  "outcome.needs-review": ["Att kontrollera", "To check"],
  "outcome.unknown-form": ["Okänd blankett", "Unknown form"],
  "outcome.unknown-version": ["Okänd utgåva", "Unknown version"],
  "outcome.incomplete": ["En sida saknas", "A page is missing"],
  "outcome.foreign-page": ["Sidor hör inte ihop", "Pages do not belong together"],
  "outcome.blank": ["Tom sida", "Blank page"],
  "outcome.unreadable": ["Oläslig", "Unreadable"],
  "outcome.identified": ["Igenkänd", "Recognised"],

  "what.unknown-form": ["Blanketten känns inte igen. Lägg den åt sidan eller släng den; när den lärts in kan den läsas igen.", "The form is not recognised. Put it aside or discard it; once it has been taught it can be read again."],
  "what.unknown-version": ["Blanketten är en utgåva som inte lärts in. Lägg den åt sidan tills den är inlärd.", "The form is a version that has not been taught. Put it aside until it is."],
  "what.incomplete": ["Leta upp sidan som saknas och skanna hela blanketten igen. Släng sedan den här.", "Find the missing page and scan the whole form again. Then discard this one."],
  "what.foreign-page": ["Sidorna verkar gälla olika personer eller ärenden. Sortera bunten och skanna dem igen.", "The pages seem to be of different persons or cases. Sort the stack and scan them again."],
  "what.blank": ["Sidan är tom. Släng den om inget ska stå där.", "The page is blank. Discard it if nothing should be there."],
  "what.unreadable": ["Bilden går inte att läsa. Skanna papperet igen.", "The picture cannot be read. Scan the paper again."],
  "what.refused": ["Mottagaren tog inte emot dokumentet ({0}). Kontakta teknikern.", "The receiver did not accept the document ({0}). Call the technician."],

  "why.readers-differ": ["Två läsningar skiljer sig", "Two readings differ"],
  "why.one-reader-only": ["Bara en läsning lyckades", "Only one reading succeeded"],
  "why.misplaced": ["Papperet ligger snett eller är veckat här", "The paper is creased or askew here"],
  "why.low-confidence": ["Svårt att läsa", "Hard to read"],
  "why.check-digit": ["Kontrollsiffran stämmer inte", "The check digit does not agree"],
  "why.not-a-value": ["Kan inte stå i det här fältet", "Cannot stand in this field"],
  "why.doubtful-value": ["Möjligt men ovanligt värde", "Possible but unusual value"],
  "why.marks-differ": ["Prickar eller en ring över en bokstav kan saknas", "Dots or a ring above a letter may be missing"],
  "why.beyond-box": ["Texten fortsätter utanför rutan", "The text goes on outside the box"],
  "why.length-differs": ["Antalet tecken stämmer inte", "The number of characters does not agree"],
  "why.struck-out": ["Något är överstruket", "Something is crossed out"],
  "why.two-marked": ["Två rutor är markerade", "Two boxes are marked"],
  "why.faint-mark": ["Ett svagt kryss, eller smuts", "A faint mark, or dirt"],
  "why.filled-over": ["Kan vara ångrat med överstrykning", "May have been undone by filling over"],
  "why.box-not-found": ["Rutan hittades inte där den ska vara", "The box was not found where it should be"],
  "why.illegible": ["Något står här men går inte att läsa", "Something stands here but cannot be read"],
  "why.faint-ink": ["Svag skrift", "Faint writing"],
  "why.required-missing": ["Måste fyllas i men är tomt", "Required but empty"],
  "why.review-always": ["Ska alltid kontrolleras", "Is always to be checked"],
  "why.rule-broken": ["Stämmer inte med ett annat fält", "Does not agree with another field"],
  "why.other": ["Osäker läsning", "Uncertain reading"],

  "error.jam": ["Papper har fastnat i skannern.", "Paper is jammed in the scanner."],
  "error.door-open": ["En lucka på skannern är öppen.", "A door of the scanner is open."],
  "error.multipick": ["Två ark drogs in samtidigt.", "Two sheets were pulled in together."],
  "error.cancelled": ["Skanningen stoppades.", "The scan was stopped."],
  "error.agent-stopped": ["Stationen startades om under skanningen.", "The station was restarted during the scan."],
  "error.storage-full": ["Disken är full. Inget har gått förlorat. Kontakta teknikern.", "The disk is full. Nothing is lost. Call the technician."],
  "error.storage-failed": ["Disken kunde inte spara. Släng inget papper. Kontakta teknikern.", "The disk failed to store. Throw no paper away. Call the technician."],
  "error.count-differs": ["Skannern räknade fler sidor än som kom fram.", "The scanner counted more pages than have arrived."],
  "error.odd-count": ["En baksida saknas.", "A back side is missing."],
  "error.feeder-not-empty": ["Det ligger papper kvar i mataren.", "There is paper left in the feeder."],
  "error.feeder-empty": ["Det finns inget papper i mataren.", "There is no paper in the feeder."],
  "error.no-pages": ["Skannern lämnade ingen sida.", "The scanner gave no page."],
  "error.bad-image": ["En bild kom inte hel.", "A picture did not arrive whole."],
  "error.timed-out": ["Skannern svarade inte i tid.", "The scanner did not answer in time."],
  "error.connection-lost": ["Förbindelsen med skannern bröts.", "The connection to the scanner was lost."],
  "error.worker-crashed": ["Skannerns drivrutin kraschade.", "The scanner's driver crashed."],
  "error.scanner-busy": ["Skannern används redan.", "The scanner is in use."],
  "error.scanner-unreachable": ["Skannern svarar inte.", "The scanner does not answer."],
  "error.scanner-stopped": ["Skannern har stannat.", "The scanner has stopped."],
  "error.scanner-down": ["Skannern är ur drift.", "The scanner is out of order."],
  "error.scanner-not-trusted": ["Det är inte samma skanner som förut.", "This is not the same scanner as before."],
  "error.scanner-refused": ["Skannern tog inte emot uppdraget.", "The scanner refused."],
  "error.refused": ["Skannern avbröt.", "The scanner gave up."],
  "error.paper-jam": ["Papper har fastnat i skannern.", "Paper is jammed in the scanner."],
  "error.job-not-completed": ["Skannern säger inte att den är klar.", "The scanner does not say that it is done."],
  "error.profile-refused": ["Skannern kan inte det som inställningen begär.", "The scanner cannot do what the setting asks for."],
  "error.invalid-cell": ["Det kan inte stå i rutan som är markerad. Kontrollera och skriv igen.", "That cannot stand in the cell that is marked. Check and type again."],
  "error.invalid-value": ["Det kan inte stå i fältet. Kontrollera och skriv igen.", "That cannot stand in the field. Check and type again."],
  "error.not-ready": ["Några fält är inte kontrollerade.", "Some fields have not been checked."],
  "error.not-now": ["Något har ändrats. Titta igen.", "Something has changed. Look again."],
  "advice.jam": ["Öppna luckan, ta ut papperet och stäng igen.", "Open the cover, take the paper out, and close it."],
  "advice.paper-jam": ["Öppna luckan, ta ut papperet och stäng igen. Lägg i hela bunten på nytt.", "Open the cover, take the paper out, and close it. Put the whole stack in again."],
  "advice.multipick": ["Öppna luckan, ta ut arken och lufta bunten.", "Open the cover, take the sheets out, and fan the stack."],
  "advice.door-open": ["Stäng luckan.", "Close the door."],
  "advice.feeder-empty": ["Lägg i bunten och tryck på Skanna.", "Put the stack in and press Scan."],
  "advice.refused": ["Titta på skannerns display.", "Look at the scanner's display."],
  "advice.no-pages": ["Kontrollera att bunten ligger rätt i mataren och tryck på Skanna.", "Check that the stack lies right in the feeder, and press Scan."],
  "advice.scanner-unreachable": ["Kontrollera att skannern är på och att kabeln sitter i. Sidan märker själv när den är tillbaka.", "Check that the scanner is on and its cable is in. The page notices by itself when it is back."],
  "advice.scanner-stopped": ["Titta på skannerns display.", "Look at the scanner's display."],
  "advice.scanner-down": ["Titta på skannerns display, eller kontakta teknikern.", "Look at the scanner's display, or call the technician."],
  "advice.scanner-not-trusted": ["Skannern visar ett annat certifikat än förut. Skanna inget; kontakta teknikern, som kan godta det om skannern har bytts eller återställts.", "The scanner shows another certificate than before. Scan nothing; call the technician, who can accept it if the scanner was replaced or reset."],

  "error.wrong-pin": ["PIN-koden stämmer inte.", "This is not the PIN."],
  "error.too-many-tries": ["PIN-koden har varit fel för många gånger. Vänta en stund, eller be en administratör om en ny.", "The PIN was wrong too often. Wait a while, or ask an administrator for a new one."],
  "error.bad-pin": ["Välj 4 till 12 siffror som inte alla är lika och inte är en följd som 1234.", "Take 4 to 12 digits that are not all the same and no row such as 1234."],
  "error.bad-name": ["Det kan inte vara ett namn.", "This cannot be a name."],
  "error.name-taken": ["Det finns redan någon med det namnet. Lägg till en bokstav.", "Somebody has this name already. Add a letter."],
  "error.account-taken": ["Kontot är redan någon annans.", "This account is another person's already."],
  "error.no-way-in": ["Ge en PIN-kod eller ett konto på datorn.", "Give a PIN, or an account on the computer."],
  "error.no-administrator": ["Den första måste vara administratör.", "The first one must be an administrator."],
  "error.last-administrator": ["Den sista administratören måste få vara kvar. Gör någon annan till administratör först.", "The last administrator must stay. Make somebody else an administrator first."],
  "error.not-yours": ["Din roll räcker inte för det här.", "Your role does not allow this."],

  "error.other": ["Det gick inte ({0}).", "That did not work ({0})."],
};
Object.assign(texts, teachTexts);

const column = { sv: 0, en: 1 };
export const languages = [["sv", "Svenska"], ["en", "English"]];

let current = "sv";

export function setLanguage(language) {
  current = language in column ? language : "sv";
  document.documentElement.lang = current;
}

export function language() {
  return current;
}

/** The text for `key`, with {0}, {1} … replaced. */
export function t(key, ...values) {
  const pair = texts[key];
  const text = pair ? pair[column[current]] : key;
  return text.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)]));
}

/** So many of something, such as "2 pages". */
export const counted = (what, count) => t(`${what}.${count === 1 ? "one" : "many"}`, count);

export const hasCode = (family, name) => `${family}.${name}` in texts;

/** The text for a code of the program, such as `why.check-digit`; a general one where the code is new. */
export function code(family, name) {
  return hasCode(family, name) ? t(`${family}.${name}`) : t(`${family}.other`, name);
}

/** A text that comes in several languages with a form. */
export function localized(text) {
  if (!text) return "";
  return text[current] ?? text.sv ?? Object.values(text)[0] ?? "";
}

/** Day and time. */
export const moment = (text) => new Date(text).toLocaleString(current === "sv" ? "sv-SE" : "en-GB", { dateStyle: "short", timeStyle: "short" });

export const number = (value, digits = 0) => value.toLocaleString(current === "sv" ? "sv-SE" : "en-GB", { maximumFractionDigits: digits });

export function time(text) {
  return new Date(text).toLocaleTimeString(current === "sv" ? "sv-SE" : "en-GB", { hour: "2-digit", minute: "2-digit" });
}
