import Scanning
import Support

/// Shows which profiles are in force.
enum ProfileTable {
    /// The scanners first, as they are what a person asks about.
    static func lines(_ view: ProfilesView, _ language: Language) -> [String] {
        var lines: [String] = []
        for device in view.devices {
            let none = Words(en: "no profile", sv: "ingen profil")[language]
            let profile = device.profile.map { "\($0), version \(device.version ?? 0)" } ?? none
            lines.append("\(device.id): \(device.code ?? profile)")
            if !device.scans.isEmpty { lines.append("  " + device.scans.joined(separator: ", ")) }
        }
        if !lines.isEmpty { lines.append("") }
        lines += view.files.map { line($0, language) }
        return lines
    }

    static func line(_ file: ProfilesView.File, _ language: Language) -> String {
        let devices =
            file.devices.count == 1
            ? "\(file.devices[0].name) \(file.devices[0].version)"
            : Words(en: "\(file.devices.count) devices", sv: "\(file.devices.count) enheter")[language]
        var remarks: [String] = []
        if file.isLoaded { remarks.append(Words(en: "loaded", sv: "laddad")[language]) }
        remarks.append(
            file.signer.map { Words(en: "signed by \($0)", sv: "signerad av \($0)")[language] }
                ?? Words(en: "no trusted signature", sv: "ingen betrodd signatur")[language])
        return "\(file.name)  \(file.maker): \(devices) (\(remarks.joined(separator: ", ")))"
    }
}
