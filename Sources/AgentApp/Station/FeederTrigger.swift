package import Foundation
package import Scanning

/// Decides what paper that is put in, or the device's own button, begins.
///
/// A plain value without a clock. A stack counts once: the feeder must have been seen empty for a moment before, and paper
/// must have lain in it for a moment. Paper that lies there when the watching begins, as after a jam or a restart, begins
/// nothing.
package struct FeederTrigger: Sendable, Hashable {
    package enum Action: Sendable, Hashable {
        case none
        /// A new stack lies in the feeder.
        case paper
        /// Somebody pressed the button at the device.
        case button
    }

    /// How long a sensor must say the same, in seconds: a hand that straightens the stack makes it flicker.
    static let settling = 1.0

    /// Whether the next stack is a new one.
    private var isArmed = false
    private var paperSince: Date?
    private var emptySince: Date?

    package init() {}

    package mutating func handle(_ reading: SensorReading, at time: Date) -> Action {
        notice(reading, at: time)
        if let paperSince, isArmed, time.timeIntervalSince(paperSince) >= Self.settling {
            isArmed = false
            return .paper
        }
        if let emptySince, time.timeIntervalSince(emptySince) >= Self.settling { isArmed = true }
        return reading.button == true ? .button : .none
    }

    /// A scan has ended.
    ///
    /// - Parameter isEmpty: Whether the feeder is known to be empty after it, so that what lies there next is new.
    package mutating func scanEnded(isEmpty: Bool) {
        (isArmed, paperSince, emptySince) = (isEmpty, nil, nil)
    }

    private mutating func notice(_ reading: SensorReading, at time: Date) {
        switch (reading.coverOpen == true, reading.paper) {
        case (false, true): (paperSince, emptySince) = (paperSince ?? time, nil)
        case (false, false): (paperSince, emptySince) = (nil, emptySince ?? time)
        // With the cover open, or on its way, paper is neither in nor out.
        default: (paperSince, emptySince) = (nil, nil)
        }
    }
}
