import Forms
import Foundation
import Imaging
import Reading
import Support
import Testing
import TestSupport
import VisionReading

@Suite(.needsSharedData, .serialized) struct `A filled authority form` {
    @Test(arguments: [
        ScanEffects(turn: 2, noise: 6), ScanEffects(resolution: 200, turn: 181, scale: 0.985, noise: 8),
        ScanEffects(resolution: 150, turn: 90.5, noise: 6),
        ScanEffects(resolution: 200, turn: 269, noise: 4, paper: 200, ink: 70),
    ])
    func `is known, and registered to a tenth of a millimetre`(_ effects: ScanEffects) throws {
        let identifier = try SwedishForms.identifier()
        for (name, index) in [("fk7263", 0), ("fk7263", 1), ("dodsorsaksintyg", 0)] {
            let page = try SwedishForms.pages("\(name)-filled", dpi: 200)[index]
            let (scan, truth) = try effects.scan(page, width: 210, height: 297)
            let found = try #require(try identifier.known(scan), "\(name) page \(index + 1)")
            #expect(found.form.id == name && found.page == index + 1)
            #expect(found.rotation == (Int((effects.turn / 90).rounded()) * 90 + 360) % 360)
            #expect(found.confidence > 0.99 && found.residual < 0.1)
            var errors: [Double] = []
            for x in stride(from: 15.0, to: 200, by: 30) {
                for y in stride(from: 15.0, to: 290, by: 30) {
                    let there = found.toScan.apply(x, y)
                    let should = truth.apply(x, y)
                    let pixels = hypot(there.x - should.x, there.y - should.y)
                    errors.append(pixels * 25.4 / effects.resolution / effects.scale)
                }
            }
            #expect(errors.reduce(0, +) / Double(errors.count) < 0.1)
            #expect(errors.max() ?? 0 < 0.3)
        }
    }
}
