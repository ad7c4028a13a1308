public import Support

extension ScannerStatus.Feeder {
    /// Why no batch can begin, as an error for a person; `nil` where nothing stands in the way.
    public var obstacle: BlankettError? {
        switch self {
        case .empty:
            BlankettError(
                "feeder-empty", exit: .device, "There is no paper in the feeder.", advice: "Put the stack in.")
        case .jam, .multipick:
            BlankettError(
                "paper-jam", exit: .device, "Paper is stuck in the feeder.",
                advice: "Take it out, and put the whole stack in again.")
        case .doorOpen:
            BlankettError("door-open", exit: .device, "The feeder's cover is open.", advice: "Close it.")
        case .absent, .loaded, .processing, .unknown: nil
        }
    }
}
