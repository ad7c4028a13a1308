/// Writes what the device says of itself and of its jobs.
enum StatusDocument {
    static func document(_ mechanism: Mechanism, root: String) -> [UInt8] {
        let jobs = mechanism.jobs.reversed().enumerated().map { age, job in
            """
            <scan:JobInfo><pwg:JobUri>\(root)/ScanJobs/\(job.id)</pwg:JobUri><pwg:JobUuid>\(job.id)</pwg:JobUuid>\
            <scan:Age>\(age)</scan:Age><pwg:ImagesCompleted>\(job.imagesCompleted)</pwg:ImagesCompleted>\
            <pwg:ImagesToTransfer>\(job.isBusy ? 1 : 0)</pwg:ImagesToTransfer>\
            <pwg:JobState>\(job.state.rawValue)</pwg:JobState><pwg:JobStateReasons>\
            <pwg:JobStateReason>\(reason(job.state))</pwg:JobStateReason></pwg:JobStateReasons></scan:JobInfo>
            """
        }
        return wrapped(
            "ScannerStatus",
            """
            <pwg:Version>2.63</pwg:Version><pwg:State>\(mechanism.state)</pwg:State>
            <scan:AdfState>\(mechanism.adfState)</scan:AdfState>
            <scan:Jobs>\(jobs.joined(separator: "\n"))</scan:Jobs>
            """)
    }

    static func imageInfo(_ job: Mechanism.Job, root: String) -> [UInt8] {
        wrapped(
            "ScanImageInfo",
            """
            <pwg:JobUri>\(root)/ScanJobs/\(job.id)</pwg:JobUri><scan:ActualWidth>\(job.lastSize.width)</scan:ActualWidth>\
            <scan:ActualHeight>\(job.lastSize.height)</scan:ActualHeight>
            """)
    }

    private static func reason(_ state: Mechanism.Job.State) -> String {
        switch state {
        case .processing: "JobScanningAndTransferring"
        case .completed: "JobCompletedSuccessfully"
        case .canceled: "JobCanceledByUser"
        case .aborted: "AbortedBySystem"
        }
    }

    private static func wrapped(_ name: String, _ content: String) -> [UInt8] {
        Array(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <scan:\(name) xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" \
            xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm">
            \(content)
            </scan:\(name)>

            """.utf8)
    }
}
