/// A kind of image file, known by its first bytes and never by its name.
public enum ImageFormat: String, Sendable, CaseIterable, Codable {
    case png, jpeg, tiff, pnm, pdf

    /// The format of a file that begins with `bytes` (16 are enough); `nil` if it is none that Blankett reads.
    public init?(sniffing bytes: some Collection<UInt8>) {
        let head = Array(bytes.prefix(16))
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if head.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if head.starts(with: [0x49, 0x49, 0x2A, 0x00]) || head.starts(with: [0x4D, 0x4D, 0x00, 0x2A]) {
            self = .tiff
        } else if head.count > 2, head[0] == 0x50, (0x31...0x36).contains(head[1]),
            [0x0A, 0x0D, 0x20, 0x09].contains(head[2])
        {
            self = .pnm
        } else if head.starts(with: [0x25, 0x50, 0x44, 0x46, 0x2D]) {
            self = .pdf
        } else {
            return nil
        }
    }

    public var mediaType: String {
        switch self {
        case .png: "image/png"
        case .jpeg: "image/jpeg"
        case .tiff: "image/tiff"
        case .pnm: "image/x-portable-anymap"
        case .pdf: "application/pdf"
        }
    }

    /// Without a dot.
    public var fileExtension: String {
        switch self {
        case .png: "png"
        case .jpeg: "jpg"
        case .tiff: "tif"
        case .pnm: "pnm"
        case .pdf: "pdf"
        }
    }
}
