package import Scanning
import Support

/// Writes the ScanSettings document that starts a job.
package enum ScanSettings {
    /// The document; its elements stand in the order in which devices are used to get them.
    package static func document(for job: ScanJob, device: ESCLCapabilities) -> [UInt8] {
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            #"<scan:ScanSettings xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm""#
                + #" xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03">"#,
        ]
        func add(_ name: String, _ value: some CustomStringConvertible) {
            lines.append("<\(name)>\(escaped(value.description))</\(name)>")
        }
        add("pwg:Version", device.version)
        lines.append("<pwg:ScanRegions><pwg:ScanRegion>")
        add("pwg:ContentRegionUnits", "escl:ThreeHundredthsOfInches")
        add("pwg:XOffset", ESCLCapabilities.units(job.region.x))
        add("pwg:YOffset", ESCLCapabilities.units(job.region.y))
        add("pwg:Width", ESCLCapabilities.units(job.region.width))
        add("pwg:Height", ESCLCapabilities.units(job.region.height))
        lines.append("</pwg:ScanRegion></pwg:ScanRegions>")
        add("pwg:InputSource", job.source == .platen ? "Platen" : "Feeder")
        if let compression = job.values["compression"] { add("scan:CompressionFactor", compression) }
        add("scan:ColorMode", ESCLWords.word(job.mode))
        add("pwg:DocumentFormat", job.format)
        if device.knowsFormatExtension { add("scan:DocumentFormatExt", job.format) }
        add("scan:XResolution", job.resolution)
        add("scan:YResolution", job.resolution)
        if job.source == .feeder { add("scan:Duplex", job.sides == 2) }
        for (logical, element) in ESCLWords.adjustable where logical != "compression" {
            if let value = job.values[logical] { add("scan:\(element)", value) }
        }
        for (logical, element) in ESCLWords.switchable {
            if let isOn = job.switches[logical] { add("scan:\(element)", isOn) }
        }
        lines.append("</scan:ScanSettings>")
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
