import Delivery
import Foundation
import HTTP
import Support

/// What the administrator's side knows of a running bridge.
struct AdminContext: Sendable {
    let store: any RecordStore
    let registry: AccessRegistry
    let board: AgentBoard
    let metrics: Metrics
    let neighbours: Neighbours
    let dataFolder: URL
    let diskReserve: Int?
    let shelf: PackageShelf
    /// The subscriptions in force.
    let subscriptions: @Sendable () -> [Subscription]
    /// When the server's own certificate ends.
    let serverCertificateEnd: Date?
    let now: @Sendable () -> Date

    /// Why the bridge cannot work now; empty when it can.
    func unreadiness() async -> [String] {
        var reasons: [String] = []
        if (try? await store.probe()) == nil { reasons.append("database-not-writable") }
        if let space = try? DiskSpace(of: dataFolder) {
            if space.free < diskReserve ?? space.reserve { reasons.append("disk-low") }
        } else {
            reasons.append("data-folder-gone")
        }
        return reasons
    }

    /// What is not as it should be, though the bridge can work.
    func warnings() -> [String] {
        neighbours.standing.disagreeing > 0 ? ["subscriptions-differ"] : []
    }

    /// Health for systemd, numbers for Prometheus.
    func addHealth(to router: inout Router) {
        router.on("GET", "/healthz") { _, _ in try .json(["status": "alive"]) }
        router.on("GET", "/readyz") { _, _ in
            let reasons = await unreadiness()
            return try .json(
                [
                    "status": .string(reasons.isEmpty ? "ready" : "not-ready"),
                    "reasons": .array(reasons.map { .string($0) }),
                    "warnings": .array(warnings().map { .string($0) }),
                ]
                    as JSONValue, status: reasons.isEmpty ? 200 : 503)
        }
        router.on("GET", "/metrics") { _, _ in
            Response(
                status: 200, headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8"],
                bytes: Array(await metricsText().utf8))
        }
    }

    /// All of `/metrics`.
    func metricsText() async -> String {
        var gauges: [Metrics.Gauge] = []
        for subscription in subscriptions() {
            guard let counters = try? await store.counters(of: subscription.name) else { continue }
            let labels: Metrics.Labels = ["subscription": subscription.name]
            gauges += [
                Metrics.Gauge("blankett_delivery_pending", labels, Double(counters.pending)),
                Metrics.Gauge("blankett_delivery_leased", labels, Double(counters.leased)),
                Metrics.Gauge(
                    "blankett_delivery_oldest_pending_seconds", labels, Double(counters.oldestPendingSeconds ?? 0)),
                Metrics.Gauge("blankett_rejected", labels, Double(counters.rejected)),
            ]
        }
        if let space = try? DiskSpace(of: dataFolder) {
            gauges.append(Metrics.Gauge("blankett_disk_free_bytes", [:], Double(space.free)))
        }
        let log = dataFolder.appending(path: "bridge.db-wal").path(percentEncoded: false)
        if let size = (try? FileManager.default.attributesOfItem(atPath: log))?[.size] as? Int {
            gauges.append(Metrics.Gauge("blankett_wal_bytes", [:], Double(size)))
        }
        if let head = try? await store.auditHead() {
            gauges.append(Metrics.Gauge("blankett_audit_head", [:], Double(head)))
        }
        if let time = BackupNote(dataFolder).time {
            gauges.append(
                Metrics.Gauge("blankett_backup_last_success_timestamp_seconds", [:], time.timeIntervalSince1970))
        }
        let others = neighbours.standing
        gauges += [
            Metrics.Gauge("blankett_other_bridges", [:], Double(others.living)),
            Metrics.Gauge("blankett_disagreeing_bridges", [:], Double(others.disagreeing)),
        ]
        let contents = registry.contents
        for name in Set(contents.agents.map(\.name)).union(board.names) {
            if let seen = board.standing(of: name).seen {
                gauges.append(
                    Metrics.Gauge(
                        "blankett_agent_last_seen_timestamp_seconds", ["agent": name], seen.timeIntervalSince1970))
            }
        }
        for agent in contents.agents where !agent.isDenied {
            guard let end = agent.certificates.filter({ !$0.isDenied }).map(\.notAfter).max() else { continue }
            gauges.append(
                Metrics.Gauge(
                    "blankett_certificate_expiry_timestamp_seconds", ["agent": agent.name], end.timeIntervalSince1970))
        }
        if let end = serverCertificateEnd {
            gauges.append(
                Metrics.Gauge(
                    "blankett_certificate_expiry_timestamp_seconds", ["agent": "bridge"], end.timeIntervalSince1970))
        }
        return metrics.text(gauges)
    }
}
