import AgentApp
import Foundation
import Scanning
import Testing

/// What the sensors say at some second: `-` empty, `P` paper, `o` the cover open, `?` neither, `b` empty and the button.
private func readings(_ text: String) -> [SensorReading?] {
    text.map { sign in
        switch sign {
        case "-": SensorReading(paper: false, button: false, coverOpen: false)
        case "P": SensorReading(paper: true, button: false, coverOpen: false)
        case "o": SensorReading(paper: true, button: false, coverOpen: true)
        case "b": SensorReading(paper: false, button: true, coverOpen: false)
        case "?": SensorReading(coverOpen: false)
        default: nil
        }
    }
}

struct `Paper in the feeder` {
    // A sign each half second; `E` is the end of a scan with the feeder empty, `J` of one that stopped. Then what began
    // at which sign, from 0.
    @Test(arguments: [
        ("---PPP", ["paper at 5"]),
        // What lies there at the start is of before: a restart, or somebody's stack.
        ("PPPPPP", []), ("PPP---PPP", ["paper at 8"]),
        // A hand that straightens the stack.
        ("---P-P-PPP", ["paper at 9"]), ("---PP-PP-PP-", []),
        // One stack is one stack, however long it lies there, and however the sensor flickers.
        ("---PPPPPPPPPPPP", ["paper at 5"]), ("---PPPP-PPPPP", ["paper at 5"]), ("---PPP--PPP--PPP", ["paper at 5"]),
        // Taken out and put in again is a new one.
        ("---PPP---PPP", ["paper at 5", "paper at 11"]),
        // After a scan to the end the next stack may lie there at once; after a jam what lies there is the old one.
        ("---PPPEPPP", ["paper at 5", "paper at 9"]), ("---PPPJPPPPP", ["paper at 5"]),
        ("---PPPJPP---PPP", ["paper at 5", "paper at 14"]),
        // An open cover hides what lies there.
        ("---ooooo", []), ("---PoPPP", ["paper at 7"]), ("---P?PPP", ["paper at 7"]),
        ("--b-", ["button at 2"]),
    ])
    func `counts once for each stack`(signs: String, expected: [String]) {
        var trigger = FeederTrigger()
        var begun: [String] = []
        for (index, reading) in zip(signs.indices, readings(signs)) {
            let number = signs.distance(from: signs.startIndex, to: index)
            guard let reading else {
                trigger.scanEnded(isEmpty: signs[index] == "E")
                continue
            }
            switch trigger.handle(reading, at: Date(timeIntervalSince1970: Double(number) / 2)) {
            case .none: break
            case .paper: begun.append("paper at \(number)")
            case .button: begun.append("button at \(number)")
            }
        }
        #expect(begun == expected)
    }
}
