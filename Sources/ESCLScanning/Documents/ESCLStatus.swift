package import Scanning

/// A device's ScannerStatus document.
package struct ESCLStatus: Sendable, Hashable {
    package struct Job: Sendable, Hashable {
        /// As the device wrote it: a path, or a whole address.
        package var uri: String
        package var imagesCompleted: Int?
        package var imagesToTransfer: Int?
        package var state: State

        package enum State: String, Sendable {
            case pending = "Pending"
            case processing = "Processing"
            case completed = "Completed"
            case canceled = "Canceled"
            case aborted = "Aborted"
            case unknown
        }

        /// The part of its address that names it; hosts and prefixes differ between answers of one device.
        package var id: String { ESCLStatus.jobID(uri) }

        package var isOpen: Bool { state == .pending || state == .processing }
    }

    package var status: ScannerStatus
    package var jobs: [Job]

    package func job(_ uri: String) -> Job? { jobs.first { $0.id == Self.jobID(uri) } }

    static func jobID(_ uri: String) -> String { uri.split(separator: "/").last.map(String.init) ?? uri }

    package init(document bytes: [UInt8]) throws(XMLRefusal) {
        let root = try XMLNode(document: bytes)
        guard root.name == "ScannerStatus" else {
            throw XMLRefusal(description: "the document is a \(root.name.prefix(40)), not a ScannerStatus")
        }
        status = ScannerStatus(state: Self.state(root.text("State")), feeder: Self.feeder(root.text("AdfState")))
        jobs = (root["Jobs"]?.all("JobInfo") ?? []).compactMap { info in
            guard let uri = info.text("JobUri") else { return nil }
            return Job(
                uri: uri, imagesCompleted: info.integer("ImagesCompleted"),
                imagesToTransfer: info.integer("ImagesToTransfer"),
                state: info.text("JobState").flatMap(Job.State.init) ?? .unknown)
        }
    }

    private static func state(_ word: String?) -> ScannerStatus.State {
        switch word {
        case "Idle": .idle
        case "Processing": .processing
        case "Testing": .warmingUp
        case "Stopped": .stopped
        case "Down": .down
        default: .unknown
        }
    }

    private static func feeder(_ word: String?) -> ScannerStatus.Feeder {
        switch word {
        case nil: .absent
        case "ScannerAdfEmpty": .empty
        case "ScannerAdfLoaded": .loaded
        case "ScannerAdfProcessing": .processing
        case "ScannerAdfJam", "ScannerAdfMispick": .jam
        case "ScannerAdfDoorOpen", "ScannerAdfHatchOpen": .doorOpen
        case "ScannerAdfMultipickDetected": .multipick
        default: .unknown
        }
    }
}
