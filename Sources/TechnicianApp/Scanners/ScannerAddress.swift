import ESCLScanning
import Foundation
import HTTPClient
import Scanning
import Support
import Workers

/// A scanner as a technician names it: an eSCL address, or `sane:` and SANE's name.
struct ScannerAddress {
    let text: String

    /// Opens the scanner; nothing is asked of it yet, but for its certificate the first time.
    ///
    /// - Parameter call: Says where keys and open jobs are kept, and whether a new certificate is taken.
    /// - Returns: The scanner.
    /// - Throws: ``BlankettError`` when the address is none, or a first certificate cannot be fetched.
    func scanner(for call: Invocation) async throws -> any Scanning.Scanner {
        if text.hasPrefix("sane:") {
            return try ScanWorkerScanner(
                DeviceDescription(id: text, name: text, connection: .sane, address: text))
        }
        guard let origin = text.prefixMatch(of: /https?:\/\/[^\/]+|unix:\/\/\/.+/)?.0 else {
            throw BlankettError(
                "bad-address", exit: .badInput, "“\(text)” is no scanner's address.",
                advice: "Write http://HOST/eSCL, https://HOST/eSCL, unix:///PATH or sane:NAME.")
        }
        let trust: TLSTrust
        do {
            trust = try await KnownKeys(file: call.stateFolder.appending(path: "scanner-keys.json"))
                .trust(for: String(origin), forgetting: call.arguments.flag("--accept-certificate"))
        } catch let error as BlankettError {
            throw error
        } catch {
            throw BlankettError(
                "scanner-unreachable", exit: .device, "The scanner at \(text) did not answer.",
                advice: "Check that it is switched on and connected.", isTransient: true, cause: error)
        }
        return try ESCLScanner(
            device: DeviceDescription(id: text, name: text, connection: .escl, address: text),
            transport: CurlTransport(trust: trust), openJobs: OpenJobs(folder: call.stateFolder, device: text),
            traces: TraceFolder(call.stateFolder.appending(path: "traces")))
    }
}

extension Invocation {
    /// What this user loaded, which counts more, and what came with Blankett.
    func profileStore() -> DeviceProfileStore {
        let folders = [DeviceProfileLibrary.shippedFolder(environment: environment)].compactMap(\.self)
        return DeviceProfileStore(
            storeFile: configurationFolder.appending(path: "device-profiles.json"), folders: folders)
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
            en: "the scanner: http(s)://HOST/eSCL, unix:///PATH or sane:NAME",
            sv: "skannern: http(s)://VÄRD/eSCL, unix:///SÖKVÄG eller sane:NAMN"), isRequired: true)

    static let acceptCertificate = Command.Option(
        "--accept-certificate",
        help: Words(
            en: "take the certificate that the scanner shows now, though another was known",
            sv: "godta certifikatet som skannern visar nu, fast ett annat var känt"))
}
