import COpenCV
public import Foundation
public import Imaging
public import Reading

/// Reads the character in a comb's cell with our own network; scripts/train cells made it.
///
/// Not `Sendable`: it belongs to the thread that made it. About 6 MB.
public final class CellNetwork: CellReader {
    /// What lies beside the model.
    private struct Description: Decodable {
        var classes: [String]
        var temperature: Double
    }

    private enum Class {
        case character(Character)
        case empty, struck
    }

    public let name = "comb-cnn"

    private let network: OpaquePointer
    private let classes: [Class]
    /// What the answers are divided by, so that they become probabilities.
    private let temperature: Double

    /// Loads the model that comes with the program.
    ///
    /// - Throws: ``VisionError`` when it is missing.
    public convenience init() throws {
        guard let folder = OwnModels.folder(with: "cells.onnx") else {
            throw VisionError(description: "The model for comb cells is missing.")
        }
        try self.init(folder: folder)
    }

    /// - Parameter folder: Where `cells.onnx` and `cells.json` lie.
    /// - Throws: ``VisionError``, or what reading the files throws.
    public init(folder: URL) throws {
        let data = try Data(contentsOf: folder.appending(path: "cells.json"))
        let description = try JSONDecoder().decode(Description.self, from: data)
        classes = description.classes.map { name in
            switch name {
            case "empty": .empty
            case "struck": .struck
            default: .character(name.first ?? " ")
            }
        }
        temperature = description.temperature
        guard let opened = copencv_net_open(folder.appending(path: "cells.onnx").path(percentEncoded: false)) else {
            throw VisionError.last()
        }
        network = opened
    }

    deinit { copencv_net_close(network) }

    public func read(_ cell: PageImage) throws -> CellOpinion {
        var answers = [Float](repeating: 0, count: classes.count)
        let count = try check(
            copencv_net_read_cell(
                network, cell.pixels, Int32(cell.width), Int32(cell.height), &answers, Int32(answers.count)))
        guard count > 0 else { return CellOpinion(characters: [:], empty: 1) }
        guard count == classes.count else { throw VisionError(description: "cells.onnx and cells.json differ.") }
        let highest = answers.max() ?? 0
        let powers = answers.map { exp(Double($0 - highest) / temperature) }
        let sum = powers.reduce(0, +)
        var opinion = CellOpinion(characters: [:])
        for (kind, power) in zip(classes, powers) {
            switch kind {
            case .character(let character): opinion.characters[character] = power / sum
            case .empty: opinion.empty = power / sum
            case .struck: opinion.struck = power / sum
            }
        }
        return opinion
    }
}
