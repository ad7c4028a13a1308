import Foundation
import HTTPClient
import Scanners
import Scanning
import Support

/// A scanner as a technician names it: an eSCL address, `usb://` and what it is, or `sane:` and SANE's name.
struct ScannerAddress {
    let text: String

    /// Opens the scanner; nothing is asked of it yet, but for its certificate where a new one is to be taken.
    ///
    /// - Parameter call: Says where keys and open jobs are kept, and whether a new certificate is taken.
    /// - Returns: The scanner.
    /// - Throws: ``BlankettError`` when the address is none, or a new certificate cannot be fetched.
    func scanner(for call: Invocation) async throws -> any Scanning.Scanner {
        let device = DeviceDescription(address: text)
        let opener = ScannerOpener(
            folder: call.stateFolder, traces: TraceFolder(call.stateFolder.appending(path: "traces")))
        if call.arguments.flag("--accept-certificate"), let certificate = opener.certificate(of: device) {
            try await certificate.keep(certificate.shown.key)
        }
        return try opener.scanner(device)
    }
}

extension Invocation {
    /// What this user loaded, which counts more, and what came with Blankett.
    func profileStore() -> DeviceProfileStore {
        DeviceProfileStore(
            storeFile: configurationFolder.appending(path: "device-profiles.json"), folders: profileFolders)
    }

    /// What came with Blankett.
    var profileFolders: [URL] {
        [DeviceProfileLibrary.shippedFolder(environment: environment)].compactMap(\.self)
    }

    /// - Throws: ``BlankettError`` when one of them cannot be used: nobody looks for what is silently missing.
    func deviceProfiles() async throws(BlankettError) -> DeviceProfileLibrary {
        let store = profileStore()
        let problems = await store.problems
        guard problems.isEmpty else {
            throw BlankettError(
                "profiles-unusable", exit: .badInput,
                "A device profile cannot be used:\n\(DeviceProfileProblems(problems: problems))",
                advice: "Mend it, or take it out of its folder.")
        }
        return await store.library
    }
}

extension Command.Option {
    static let device = Command.Option(
        "--device", value: "D",
        help: Words(
            en: "the scanner: http(s)://HOST/eSCL, unix:///PATH, usb://VID:PID or sane:NAME",
            sv: "skannern: http(s)://VÄRD/eSCL, unix:///SÖKVÄG, usb://VID:PID eller sane:NAMN"), isRequired: true)

    static let acceptCertificate = Command.Option(
        "--accept-certificate",
        help: Words(
            en: "take the certificate that the scanner shows now, though another was known",
            sv: "godta certifikatet som skannern visar nu, fast ett annat var känt"))
}
