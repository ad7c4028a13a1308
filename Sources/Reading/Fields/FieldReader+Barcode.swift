import Forms
import Imaging
import Support

extension FieldReader {
    /// In the zone first, which is fast; else anywhere on the page, if it lies near the zone.
    func barcode(
        _ job: FieldJob, zone: Snippet, page: PageImage, middle: (x: Double, y: Double), _ decision: Decision
    ) throws -> FieldReading {
        var found = try barcodes.read(zone.scan)
        if found.isEmpty {
            // As far as a sticker may lie from its place: the zone's own size.
            let reach = Double(max(zone.inner.width, zone.inner.height)) * Double(page.width) / 2480
            found = try barcodes.read(page).filter { barcode in
                let xs = stride(from: 0, to: 8, by: 2).map { barcode.corners[$0] }
                let ys = stride(from: 1, to: 8, by: 2).map { barcode.corners[$0] }
                let (x, y) = (xs.reduce(0, +) / 4, ys.reduce(0, +) / 4)
                return abs(x - middle.x) <= reach && abs(y - middle.y) <= reach
            }
        }
        if found.isEmpty, zone.inkArea < Self.stain { return decision.empty(job.field) }
        return decision.barcode(job.field, found, list: job.list)
    }
}
