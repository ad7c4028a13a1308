import ESCLScanning
import Scanning
import Support

/// What `/_ctl` sets: the paper in the device, and how it misbehaves.
///
/// The keys are those of the JSON document; a POST is merged into the state key by key.
struct ControlState: Sendable, Hashable, Codable {
    /// Page files in the feeder, each a side; a PDF or TIFF stands for as many as it has pages.
    var adf: [String] = []
    /// The page file on the glass; empty for none.
    var platen = ""
    /// Forces pwg:State; empty is automatic.
    var state = ""
    /// Forces scan:AdfState; empty is automatic.
    var adf_state = ""
    /// After that many more images NextDocument answers 409, with AdfState Jam; −1 never.
    var jam_after = -1
    var door_open_after = -1
    /// The same for two sheets that are pulled in together.
    var multifeed_after = -1
    /// After that many more images the device gives the job up by itself.
    var abort_after = -1
    /// After that many more images one is pulled in, counted, and never sent.
    var lose_after = -1
    /// Seconds from the first request on in which nothing is answered, as by a device that has to wake up.
    var asleep = 0.0
    /// Seconds the motor takes before a page.
    var page_delay = 0.0
    /// Seconds per 16 KiB.
    var chunk_delay = 0.0
    /// Cuts the connection after that many bytes of a page; −1 never.
    var truncate_at = -1
    /// Answers 503 to every new job.
    var busy = false
    /// More open jobs than these get 503.
    var max_jobs = 1
    /// Sends pages with their length instead of chunked.
    var content_length = false
    /// AdfState is Empty as soon as the last sheet is in, before its image is out, as real sensors do.
    var eager_empty = true
    /// What a job on an empty feeder gets: 409, or 201 and then 404.
    var empty_post = 409
    /// Puts this host into Location.
    var location_host = ""
    /// What stands in Location, with the job's id for `{id}`; `-` leaves the header out, empty is automatic.
    var location = ""
    /// Makes Location a whole address instead of a path.
    var absolute_location = false
    /// Serves page files byte for byte, whatever the settings ask for.
    var raw = false
    /// What pages are like, whatever the settings ask for: a device that says one thing and does another.
    var deliver = Deliver()
    /// Faults in answers; the first that matches wins.
    var faults: [Fault] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case adf, platen, state, adf_state, jam_after, door_open_after, multifeed_after, abort_after, lose_after
        case asleep, page_delay, chunk_delay, truncate_at, busy, max_jobs, content_length, eager_empty, empty_post
        case location_host, location, absolute_location, raw, deliver, faults
    }

    /// Takes over the members of `change`; all of them or none.
    ///
    /// - Throws: ``BlankettError`` for an unknown key or a value of the wrong kind.
    mutating func merge(_ change: [String: JSONValue]) throws(BlankettError) {
        let known = CodingKeys.allCases.map(\.rawValue)
        for key in change.keys.sorted() where !known.contains(key) {
            throw BlankettError(
                "bad-control", exit: .badInput, "There is no key “\(key)”.",
                advice: Nearest.advice(for: key, among: known))
        }
        do {
            var document = try JSONCoding.decode([String: JSONValue].self, from: JSONCoding.encode(self))
            document.merge(change) { _, new in new }
            self = try JSONCoding.decode(from: JSONCoding.encode(document))
        } catch {
            throw BlankettError(
                "bad-control", exit: .badInput, "A value in the control document is of the wrong kind.", cause: error)
        }
    }
}

/// In what a device does other than it was asked; what is absent is as asked.
struct Deliver: Sendable, Hashable, Codable {
    var resolution: Int?
    var mode: ScanMode?
    /// Only that many millimetres of the sheet.
    var height: Double?

    /// The settings as such a device understands them.
    func applied(to settings: JobSettings) -> JobSettings {
        var settings = settings
        if let resolution { settings.resolution = resolution }
        if let mode { settings.mode = mode }
        if let height { settings.height = ESCLCapabilities.units(height) }
        return settings
    }
}

/// One way in which an answer goes wrong.
struct Fault: Sendable, Hashable, Codable {
    /// Method and part of the path, such as `GET /eSCL/ScannerStatus` or `GET NextDocument`.
    var match: String
    var status: Int?
    var headers: [String: String]?
    var body: String?
    /// Seconds before the answer, wrong or right.
    var delay: Double?
    /// Cuts the connection without an answer.
    var drop: Bool?
    /// Sends this many bytes of noise as the body.
    var garbage: Int?
    /// Never answers.
    var hang: Bool?
    /// Answers with a body that never ends.
    var endless: Bool?
    /// Does what is asked, and cuts the connection in place of the answer.
    var lost: Bool?
    /// Lets that many matching requests pass first.
    var skip: Int?
    /// How often it strikes; always when absent.
    var times: Int?

    func matches(method: String, path: String) -> Bool {
        let parts = match.split(separator: " ", maxSplits: 1)
        return parts.count == 2 && parts[0] == method && path.contains(parts[1])
    }
}
