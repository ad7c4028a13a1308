import Foundation
import Scanning
import Support

extension Technician {
    static let profiles = Command(
        "profiles",
        summary: Words(
            en: "Checks, lists and loads device profiles", sv: "Kontrollerar, listar och laddar enhetsprofiler"),
        subcommands: [
            Command(
                "check",
                summary: Words(
                    en: "Says everything that is wrong with profile files",
                    sv: "Säger allt som är fel i profilfiler"),
                operands: ProfilesCommand.files, action: ProfilesCommand.check),
            Command(
                "list",
                summary: Words(en: "Shows the profiles at hand", sv: "Visar profilerna som finns"), options: [.json],
                action: ProfilesCommand.list),
            Command(
                "load",
                summary: Words(
                    en: "Checks profile files and takes them into use for this user",
                    sv: "Kontrollerar profilfiler och tar dem i bruk för den här användaren"),
                operands: ProfilesCommand.files, action: ProfilesCommand.load),
        ])
}

private enum ProfilesCommand {
    struct Entry: Codable, Sendable {
        var maker: String
        var device: String
        var version: Int
        var connection: [String]
        var profiles: [String]
    }

    static let files = Command.Operands(
        "FILE", counts: 1...1000, help: Words(en: "a profile file, JSON5", sv: "en profilfil, JSON5"))

    static func check(_ call: Invocation) async throws -> ExitCode {
        let checked = readable(call)
        for (url, file) in checked {
            call.console.print("\(url.path()): \(file.maker), \(file.devices.count)")
        }
        return checked.count == call.arguments.operands.count ? .done : .badInput
    }

    static func load(_ call: Invocation) async throws -> ExitCode {
        let checked = readable(call)
        // All or none: half a set of profiles is a puzzle for whoever comes next.
        guard checked.count == call.arguments.operands.count else { return .badInput }
        let folder = call.loadedProfilesFolder
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (url, _) in checked {
                let target = folder.appending(path: url.deletingPathExtension().lastPathComponent + ".json5")
                try Data(contentsOf: url).write(to: target, options: .atomic)
                call.console.print(target.path())
            }
        } catch {
            throw BlankettError(
                "profiles-not-loaded", exit: .storage, "The profiles cannot be written to \(folder.path()).",
                advice: "Check its rights and the space on the disk.", cause: error)
        }
        return .done
    }

    static func list(_ call: Invocation) async throws -> ExitCode {
        let entries = try call.deviceProfiles().files.flatMap { file in
            file.devices.map { device in
                Entry(
                    maker: file.maker, device: device.name, version: device.version, connection: device.connection,
                    profiles: device.profiles.keys.sorted())
            }
        }
        if call.wantsJSON {
            try call.printJSON(entries)
        } else {
            for entry in entries {
                call.console.print("\(entry.device)  \(entry.version)  \(entry.profiles.joined(separator: " "))")
            }
        }
        return .done
    }

    /// Those without a problem; the problems of the others are shown.
    private static func readable(_ call: Invocation) -> [(URL, DeviceProfileFile)] {
        call.arguments.operands.compactMap { path in
            let url = URL(filePath: path)
            do throws(DeviceProfileProblems) {
                return (url, try DeviceProfileFile(contentsOf: url))
            } catch {
                call.console.note(error.description)
                return nil
            }
        }
    }
}
