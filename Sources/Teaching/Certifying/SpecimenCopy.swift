public import Foundation

/// What the read-worker is asked to draw: one filled copy as a scanner would give it.
public struct SpecimenRequest: Codable, Sendable {
    /// The package's folder.
    public var package: String
    public var hand: String
    public var look: Look
    public var seed: UInt64

    /// What paper and scanner did to it.
    public enum Look: String, Codable, Sendable, CaseIterable {
        case clean, turned, stretched, photocopied
    }

    public init(package: String, hand: Specimen.Hand, look: Look, seed: UInt64) {
        self.package = package
        self.hand = hand.rawValue
        self.look = look
        self.seed = seed
    }
}

/// A filled copy, and how near the blank's own print comes to the places to write.
public struct SpecimenCopy: Codable, Sendable {
    /// JPEG files, in the order of the pages.
    public var pages: [Data]
    /// By how many millimetres print reaches into a field's box from above, where it does.
    public var printInside: [String: Double]

    public init(pages: [Data], printInside: [String: Double]) {
        self.pages = pages
        self.printInside = printInside
    }
}
