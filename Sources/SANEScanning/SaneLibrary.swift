import CSANE
public import Scanning

/// libsane as a whole: to be started once in a process and used by one thread only, the main one.
///
/// Starting it a second time in one process crashes in some backends, and two threads may lock each other out, whichever
/// devices they use. Hence one process for each batch.
public struct SaneLibrary: ~Copyable {
    public init() throws(SaneError) {
        var version: SANE_Int = 0
        try check("sane_init", sane_init(&version, nil))
    }

    deinit {
        sane_exit()
    }

    /// The devices that the configured backends find.
    public borrowing func devices() throws(SaneError) -> [ScanWorkerMessage.FoundDevice] {
        var list: UnsafeMutablePointer<UnsafePointer<SANE_Device>?>?
        try check("sane_get_devices", sane_get_devices(&list, SANE_Bool(SANE_FALSE)))
        var found: [ScanWorkerMessage.FoundDevice] = []
        while let device = list?[found.count]?.pointee {
            found.append(
                ScanWorkerMessage.FoundDevice(
                    name: text(device.name), vendor: text(device.vendor), model: text(device.model),
                    type: text(device.type)))
        }
        return found
    }

    private borrowing func text(_ string: SANE_String_Const?) -> String {
        string.map { String(cString: $0) } ?? ""
    }
}

/// Turns a status other than good into an error.
func check(_ call: String, _ status: SANE_Status) throws(SaneError) {
    guard status == SANE_STATUS_GOOD else { throw SaneError(call: call, status: SaneStatus(status)) }
}
