import Foundation
import Support
import Synchronization

/// Numbers for Prometheus, in its text format 0.0.4.
///
/// Labels are names of ours, never a person's: what could be anything else is written as `?`.
final class Metrics: Sendable {
    /// What one name stands for.
    struct Family: Sendable {
        enum Kind: String, Sendable { case counter, gauge, histogram }
        var kind: Kind
        var help: String
        /// Upper ends of a histogram's buckets.
        var buckets = Metrics.seconds
    }

    typealias Labels = KeyValuePairs<String, String>

    private struct Histogram: Sendable {
        let buckets: [Double]
        var counts: [Int]
        var count = 0
        var sum = 0.0

        init(_ buckets: [Double]) {
            self.buckets = buckets
            counts = [Int](repeating: 0, count: buckets.count)
        }

        mutating func add(_ value: Double) {
            count += 1
            sum += value
            for (index, limit) in buckets.enumerated() where value <= limit { counts[index] += 1 }
        }
    }

    private struct State: Sendable {
        var counters: [String: [String: Double]] = [:]
        var histograms: [String: [String: Histogram]] = [:]
        var requests: [Answered: Histogram] = [:]
    }

    /// What tells requests apart; its labels are written when somebody reads them, not with each request.
    private struct Answered: Hashable, Sendable {
        var route: String
        var method: String
        var status: Int
    }

    private static let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

    private static let sizes: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256]

    static let families: [String: Family] = [
        "blankett_records_received_total": Family(kind: .counter, help: "Records stored for the first time."),
        "blankett_delivery_outcomes_total": Family(kind: .counter, help: "Acknowledged deliveries by result."),
        "blankett_delivery_repeats_total": Family(
            kind: .counter, help: "Deliveries leased again after a lease ran out or a consumer asked for it."),
        "blankett_http_request_duration_seconds": Family(
            kind: .histogram, help: "Time from the request to its answer."),
        "blankett_commit_duration_seconds": Family(
            kind: .histogram, help: "Time of a commit, from its first statement to the disk."),
        "blankett_commit_batch_size": Family(
            kind: .histogram, help: "Requests whose work went into one commit.", buckets: sizes),
        "blankett_leases_expired_total": Family(kind: .counter, help: "Leases that ran out before they were answered."),
        "blankett_source_mismatches_total": Family(
            kind: .counter,
            help: "Records that name another kiosk as their source than the certificate of who sent them."),
        "blankett_wake_up_calls_total": Family(
            kind: .counter, help: "Consumers told that records wait for them, by outcome."),
        "blankett_audit_head": Family(kind: .gauge, help: "Number of the last line of the audit log."),
        "blankett_backup_last_success_timestamp_seconds": Family(kind: .gauge, help: "When the last backup was made."),
        "blankett_requests_refused_total": Family(kind: .counter, help: "Requests refused at the door, by status."),
        "blankett_delivery_pending": Family(kind: .gauge, help: "Records that wait for a consumer."),
        "blankett_delivery_leased": Family(kind: .gauge, help: "Records that a consumer works on."),
        "blankett_delivery_oldest_pending_seconds": Family(
            kind: .gauge, help: "Age of the oldest record that is neither done nor rejected."),
        "blankett_rejected": Family(kind: .gauge, help: "Dead letters, at which a person must look."),
        "blankett_disk_free_bytes": Family(kind: .gauge, help: "Room left on the disk of the data folder."),
        "blankett_wal_bytes": Family(kind: .gauge, help: "Size of SQLite's write-ahead log."),
        "blankett_agent_last_seen_timestamp_seconds": Family(kind: .gauge, help: "Last request of a kiosk."),
        "blankett_certificate_expiry_timestamp_seconds": Family(kind: .gauge, help: "End of a certificate."),
        "blankett_other_bridges": Family(kind: .gauge, help: "Other bridges that work on the same database."),
        "blankett_disagreeing_bridges": Family(
            kind: .gauge, help: "Those of them that know other subscriptions than this one."),
        "blankett_reloads_total": Family(kind: .counter, help: "Configurations read again, by outcome."),
        "blankett_build_info": Family(kind: .gauge, help: "1, with the version."),
        "process_resident_memory_bytes": Family(kind: .gauge, help: "Resident memory."),
        "process_cpu_seconds_total": Family(kind: .counter, help: "Processor time."),
        "process_open_fds": Family(kind: .gauge, help: "Open file descriptors."),
        "process_start_time_seconds": Family(kind: .gauge, help: "Start of the process."),
    ]

    private let state = Mutex(State())
    private let start = Date()

    init() {
        // A counter that first appears as 1 has not increased, for Prometheus.
        for outcome in ["done", "refused"] { count("blankett_reloads_total", ["outcome": outcome], by: 0) }
    }

    func count(_ name: String, _ labels: Labels = [:], by number: Int = 1) {
        let labels = Self.text(labels)
        state.withLock { $0.counters[name, default: [:]][labels, default: 0] += Double(number) }
    }

    /// Notes that a request was answered.
    func observeRequest(route: String, method: String, status: Int, _ duration: Duration) {
        let answered = Answered(route: route, method: method, status: status)
        let seconds = Self.seconds(of: duration)
        state.withLock { $0.requests[answered, default: Histogram(Self.seconds)].add(seconds) }
    }

    private static func seconds(of duration: Duration) -> Double {
        let (seconds, attoseconds) = duration.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    func observe(_ name: String, _ labels: Labels, _ duration: Duration) {
        observe(name, labels, value: Self.seconds(of: duration))
    }

    func observe(_ name: String, _ labels: Labels, value: Double) {
        let labels = Self.text(labels)
        let buckets = Self.families[name]?.buckets ?? Self.seconds
        state.withLock { $0.histograms[name, default: [:]][labels, default: Histogram(buckets)].add(value) }
    }

    /// A value of the moment, to be written once.
    struct Gauge: Sendable {
        var name: String
        var labels: String
        var value: Double

        init(_ name: String, _ labels: Labels, _ value: Double) {
            self.name = name
            self.labels = Metrics.text(labels)
            self.value = value
        }
    }

    /// Everything that was counted, and what is the case now.
    func text(_ gauges: [Gauge]) -> String {
        let (counters, counted, requests) = state.withLock { ($0.counters, $0.histograms, $0.requests) }
        var histograms = counted
        for (answered, histogram) in requests {
            let labels = Self.text([
                "route": answered.route, "method": answered.method, "code": String(answered.status),
            ])
            histograms["blankett_http_request_duration_seconds", default: [:]][labels] = histogram
        }
        var samples: [String: [(series: String, value: Double)]] = [:]
        for gauge in gauges + processGauges() {
            samples[gauge.name, default: []].append((gauge.name + Self.braced(gauge.labels), gauge.value))
        }
        for (name, series) in counters {
            for (labels, value) in series { samples[name, default: []].append((name + Self.braced(labels), value)) }
        }
        for (name, series) in histograms {
            for (labels, histogram) in series.sorted(by: { $0.key < $1.key }) {
                let comma = labels.isEmpty ? "" : ","
                for (index, limit) in histogram.buckets.enumerated() {
                    samples[name, default: []].append(
                        ("\(name)_bucket{\(labels)\(comma)le=\"\(limit)\"}", Double(histogram.counts[index])))
                }
                samples[name, default: []].append(
                    ("\(name)_bucket{\(labels)\(comma)le=\"+Inf\"}", Double(histogram.count)))
                samples[name, default: []].append(("\(name)_sum\(Self.braced(labels))", histogram.sum))
                samples[name, default: []].append(("\(name)_count\(Self.braced(labels))", Double(histogram.count)))
            }
        }
        var text = ""
        for (name, family) in Self.families.sorted(by: { $0.key < $1.key }) {
            // Also what has no sample yet is named, for who writes a rule.
            var rows = samples[name] ?? []
            if family.kind != .histogram { rows.sort { $0.series < $1.series } }
            text += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind.rawValue)\n"
            for row in rows { text += "\(row.series) \(Self.number(row.value))\n" }
        }
        return text
    }

    private func processGauges() -> [Gauge] {
        let fields = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8))?.split(separator: ")").last?
            .split(separator: " ")
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        // Fields 14, 15 and 24 of proc(5), counted after the program's name.
        let time = [11, 12].compactMap { index in fields.flatMap { $0.count > index ? Double($0[index]) : nil } }
        let pages = fields.flatMap { $0.count > 21 ? Double($0[21]) : nil } ?? 0
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
        return [
            Gauge("process_resident_memory_bytes", [:], pages * Double(sysconf(Int32(_SC_PAGESIZE)))),
            Gauge("process_cpu_seconds_total", [:], time.reduce(0, +) / ticks),
            Gauge("process_open_fds", [:], Double(open)),
            Gauge("process_start_time_seconds", [:], start.timeIntervalSince1970),
            Gauge("blankett_build_info", ["version": Program.version], 1),
        ]
    }

    private static func text(_ labels: Labels) -> String {
        var text = ""
        for (name, value) in labels {
            if !text.isEmpty { text += "," }
            text += name
            text += "=\""
            text += isSafe(value) ? value : "?"
            text += "\""
        }
        return text
    }

    /// Routes, names and codes; nothing that could be a person's number.
    ///
    /// By hand, for it is asked several times for each request.
    private static func isSafe(_ value: String) -> Bool {
        value.consists(
            of: { $0.isLetterOrDigit || "._:/{}-".utf8.contains($0) }, length: 1...100,
            first: { $0.isLetterOrDigit || "/{".utf8.contains($0) }) && !value.holdsLongNumber
    }

    private static func braced(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }

    private static func number(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? String(value)
    }
}
