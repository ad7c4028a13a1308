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
        ScanEffects(), ScanEffects(turn: 2, noise: 6), ScanEffects(resolution: 200, turn: -2, noise: 8),
        ScanEffects(resolution: 200, turn: 181, scale: 0.985, noise: 6),
        ScanEffects(resolution: 150, turn: 90.5, noise: 6),
        ScanEffects(resolution: 200, turn: 269, noise: 4, paper: 200, ink: 70),
    ])
    func `is known, page by page`(_ effects: ScanEffects) throws {
        let identifier = try SwedishForms.identifier()
        for name in ["fk7263", "dodsorsaksintyg"] {
            for (index, page) in try SwedishForms.pages("\(name)-filled", dpi: 200).enumerated() {
                let (scan, truth) = try effects.scan(page, width: 210, height: 297)
                let clock = ContinuousClock()
                var result: Identification?
                let time = try clock.measure { result = try identifier.identify(scan, as: nil) }
                guard case .known(let found)? = result else {
                    Issue.record("\(name) page \(index + 1), \(effects): \(String(describing: result))")
                    continue
                }
                #expect(found.form.id == name && found.page == index + 1)
                #expect(found.rotation == (Int((effects.turn / 90).rounded()) * 90 + 360) % 360)
                var errors: [Double] = []
                for x in stride(from: 15.0, to: 200, by: 30) {
                    for y in stride(from: 15.0, to: 290, by: 30) {
                        let there = found.toScan.apply(x, y)
                        let should = truth.apply(x, y)
                        errors.append(
                            hypot(there.x - should.x, there.y - should.y) * 25.4 / effects.resolution / effects.scale)
                    }
                }
                let mean = errors.reduce(0, +) / Double(errors.count)
                print(
                    "IDENT", name, index + 1, effects, time, "mean", mean, "max", errors.max() ?? 0, "residual",
                    found.residual, "conf", found.confidence)
                #expect(mean < 0.1)
            }
        }
    }
}
