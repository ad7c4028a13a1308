extension Decision {
    /// More than this off, in millimetres, and a box may show its neighbour's writing: filled authority forms have 0.3 at most.
    private static let surePlace = 0.5

    /// The same reading, less sure where it may have been cut out beside its place.
    func placed(_ reading: FieldReading, residual: Double) -> FieldReading {
        guard residual > Self.surePlace, reading.status == .read || reading.status == .uncertain else { return reading }
        var reading = reading
        reading.confidence *= max(0.5, 1 - (residual - Self.surePlace))
        if reading.confidence < 1 - errorTarget, reading.status == .read {
            reading.status = .uncertain
            reading.reason = Reason.misplaced.rawValue
        }
        return reading
    }

    /// The same reading of a field that is cut off by the picture's edge: what stands beyond is not known, not even that nothing does.
    func cutOff(_ reading: FieldReading) -> FieldReading {
        var reading = reading
        if reading.status != .unreadable { reading.status = .uncertain }
        reading.reason = Reason.offPicture.rawValue
        reading.confidence = min(reading.confidence, 0.5)
        return reading
    }

    /// The same reading, but a person should look, because of `reason`.
    func doubted(_ reading: FieldReading, _ reason: Reason) -> FieldReading {
        guard reading.status == .read || reading.status == .uncertain else { return reading }
        var reading = reading
        reading.status = .uncertain
        reading.reason = reason.rawValue
        reading.confidence = min(reading.confidence, 0.8)
        return reading
    }
}
