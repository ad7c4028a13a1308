import AgentApp
import Forms
import Foundation
import HTTP
import Scanning
import Support

extension KioskPage {
    /// For a technician: the scanners, their profiles, and what failed scans have left.
    static func addDevices(to router: inout Router, _ station: Station, _ files: DeviceFiles) {
        router.on("GET", "/api/devices") { _, _ in
            try await .answering {
                try .json(
                    DevicesPageView(
                        devices: await station.deviceDetails(), profiles: await station.view(of: files.profiles),
                        lastBatches: try await station.lastBatches(), traces: files.traces.entries))
            }
        }
        router.on("POST", "/api/devices/{id}/verify") { request, parameters in
            let wish: [String: String] = try .body(of: request)
            return try await .answering {
                try .json(
                    try await station.verify(device: parameters["id"] ?? "", profile: wish["profile"] ?? ""))
            }
        }
        router.on("POST", "/api/devices/profiles") { request, _ in
            let wish: ProfileWish = try .body(of: request)
            return try await .answering {
                do {
                    let loaded = try await files.profiles.load([wish.upload])
                    await station.look()
                    for entry in loaded { try await station.note("profile-loaded", of: entry.name) }
                    return try .json(["loaded": loaded.map(ProfilesView.File.init)], status: 201)
                } catch let error as DeviceProfileProblems {
                    throw BlankettError(
                        "profile-refused-here", exit: .badInput, "The profiles are not taken; those in force stay.",
                        advice: error.description)
                }
            }
        }
        router.on("GET", "/api/devices/traces/{name}") { _, parameters in
            guard let name = parameters["name"], let bytes = files.traces.read(name) else {
                throw Problem("not-found", status: 404, title: "There is no such trace")
            }
            return Response(
                status: 200,
                headers: ["Content-Type": "application/json", "Content-Disposition": "attachment"], bytes: bytes)
        }
    }

    static func addQuality(to router: inout Router, _ station: Station) {
        router.on("GET", "/api/quality") { _, _ in
            try await .answering {
                try .json(try await station.quality().map { QualityPageView($0, station) })
            }
        }
        router.on("POST", "/api/quality/{form}/forget-values") { _, parameters in
            try await .answering {
                try await station.forgetValues(ofForm: parameters["form"] ?? "")
                return Response(status: 204)
            }
        }
    }
}

private struct DevicesPageView: Encodable {
    struct Device: Encodable {
        var details: DeviceDetails
        var profile: ProfilesView.Device?
        var last: LastScan?
    }

    struct LastScan: Encodable {
        var batch: UUIDv7
        var startedAt: Date
        var state: Batch.State
        var profile: String
        var pages: Int
        var reason: String?
        var trace: String?
    }

    var devices: [Device]
    var files: [ProfilesView.File]
    var problems: [String]
    var traces: [TraceFolder.Entry]

    init(
        devices: [DeviceDetails], profiles: ProfilesView, lastBatches: [String: Batch], traces: [TraceFolder.Entry]
    ) {
        self.devices = devices.map { details in
            Device(
                details: details, profile: profiles.devices.first { $0.id == details.device.id },
                last: lastBatches[details.device.id].map {
                    LastScan(
                        batch: $0.id, startedAt: $0.startedAt, state: $0.state, profile: $0.profile, pages: $0.pages,
                        reason: $0.reason, trace: $0.trace)
                })
        }
        files = profiles.files
        problems = profiles.problems
        self.traces = traces
    }
}

/// A profile file as the page sends it: its text, and its signature where it has one.
private struct ProfileWish: Decodable {
    var name: String
    var text: String
    var signature: String?

    var upload: DeviceProfileStore.Upload {
        DeviceProfileStore.Upload(name: name, contents: Array(text.utf8), signature: signature.map { Array($0.utf8) })
    }
}

private struct QualityPageView: Encodable {
    var quality: FormQualityView
    var name: LocalizedText
    /// By field.
    var labels: [String: LocalizedText]

    init(_ quality: FormQuality, _ station: Station) {
        self.quality = FormQualityView(quality)
        let template = station.template(quality.form.form)
        name = template?.name ?? LocalizedText(["sv": quality.form.form.id])
        labels = Dictionary((template?.fields ?? []).compactMap { field in field.label.map { (field.name, $0) } }) {
            first, _ in first
        }
    }
}
