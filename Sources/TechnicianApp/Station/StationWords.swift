import Support

/// What the agent's states and codes are called where a person reads them.
///
/// A code that is not listed stands for itself: it is what a technician looks for in the log.
enum StationWords {
    static func device(_ state: String) -> Words { devices[state] ?? Words(en: state, sv: state) }
    static func feeder(_ state: String) -> Words? { feeders[state] }
    static func reason(_ code: String) -> Words { reasons[code] ?? Words(en: code, sv: code) }
    static func outcome(_ code: String) -> Words { outcomes[code] ?? Words(en: code, sv: code) }

    /// That scanners are not looked for in a place (`usb`, `network`).
    static func notSearched(_ place: String) -> Words {
        switch place {
        case "usb": Words(en: "not looked for on the USB", sv: "söks inte på USB")
        case "network": Words(en: "not looked for on the network", sv: "söks inte i nätet")
        default: Words(en: "not looked for: \(place)", sv: "söks inte: \(place)")
        }
    }

    static func document(_ state: String) -> Words { documents[state] ?? Words(en: state, sv: state) }

    private static let devices = [
        "unknown": Words(en: "not asked yet", sv: "inte tillfrågad än"),
        "ready": Words(en: "ready", sv: "redo"),
        "scanning": Words(en: "scanning", sv: "skannar"),
        "busy": Words(en: "busy", sv: "upptagen"),
        "unreachable": Words(en: "does not answer", sv: "svarar inte"),
    ]
    private static let feeders = [
        "empty": Words(en: "no paper in the feeder", sv: "inget papper i mataren"),
        "loaded": Words(en: "paper in the feeder", sv: "papper i mataren"),
        "jam": Words(en: "paper is jammed", sv: "papper har fastnat"),
        "door-open": Words(en: "a door is open", sv: "en lucka är öppen"),
        "multipick": Words(en: "two sheets were pulled in together", sv: "två ark drogs in samtidigt"),
    ]
    private static let documents = [
        "waiting": Words(en: "waiting for a person", sv: "väntar på en människa"),
        "kept": Words(en: "put aside", sv: "lagt åt sidan"),
        "rereading": Words(en: "being read again", sv: "läses igen"),
        "queued": Words(en: "on the way to the bridge", sv: "på väg till bryggan"),
        "sent": Words(en: "sent", sv: "skickat"),
        "refused": Words(en: "refused by the bridge", sv: "avvisat av bryggan"),
        "discarded": Words(en: "discarded", sv: "slängt"),
    ]
    private static let outcomes = [
        "read": Words(en: "read", sv: "läst"),
        "needs-review": Words(en: "to be checked", sv: "ska kontrolleras"),
        "unknown-form": Words(en: "unknown form", sv: "okänd blankett"),
        "unknown-version": Words(en: "unknown version of the form", sv: "okänd utgåva av blanketten"),
        "incomplete": Words(en: "a page is missing", sv: "en sida saknas"),
        "foreign-page": Words(en: "pages that do not belong together", sv: "sidor som inte hör ihop"),
        "blank": Words(en: "blank page", sv: "tom sida"),
        "unreadable": Words(en: "unreadable", sv: "oläsligt"),
    ]
    private static let reasons = [
        "jam": Words(en: "paper is jammed", sv: "papper har fastnat"),
        "paper-jam": Words(en: "paper is jammed", sv: "papper har fastnat"),
        "door-open": Words(en: "a door is open", sv: "en lucka är öppen"),
        "multipick": Words(en: "two sheets were pulled in together", sv: "två ark drogs in samtidigt"),
        "cancelled": Words(en: "the scan was stopped", sv: "skanningen stoppades"),
        "agent-stopped": Words(en: "the agent was restarted", sv: "agenten startades om"),
        "storage-full": Words(en: "the disk is full", sv: "disken är full"),
        "storage-failed": Words(en: "the disk failed to store a page", sv: "disken kunde inte spara en sida"),
        "count-differs": Words(
            en: "the scanner counted more pages than have arrived", sv: "skannern räknade fler sidor än som kom fram"),
        "odd-count": Words(en: "a back side is missing", sv: "en baksida saknas"),
        "feeder-not-empty": Words(en: "there is paper left in the feeder", sv: "det ligger papper kvar i mataren"),
        "feeder-empty": Words(en: "there is no paper in the feeder", sv: "det finns inget papper i mataren"),
        "no-pages": Words(en: "the scanner gave no page", sv: "skannern lämnade ingen sida"),
        "bad-image": Words(en: "a picture did not arrive whole", sv: "en bild kom inte hel"),
        "timed-out": Words(en: "the scanner did not answer in time", sv: "skannern svarade inte i tid"),
        "connection-lost": Words(en: "the connection to the scanner was lost", sv: "förbindelsen till skannern bröts"),
        "worker-crashed": Words(en: "the scanner's driver crashed", sv: "skannerns drivrutin kraschade"),
        "scanner-busy": Words(en: "the scanner is in use", sv: "skannern används redan"),
        "scanner-not-trusted": Words(
            en: "it shows another certificate than before", sv: "den visar ett annat certifikat än förut"),
        "scanner-unreachable": Words(en: "the scanner does not answer", sv: "skannern svarar inte"),
        "bridge-unreachable": Words(en: "nothing answers at its address", sv: "inget svarar på dess adress"),
        "bridge-timed-out": Words(en: "it did not answer in time", sv: "den svarade inte i tid"),
    ]
}
