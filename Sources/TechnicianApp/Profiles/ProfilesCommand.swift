import Foundation
import Scanning
import Sealing
import Support

/// What `blankett profiles` does, but for trying a device.
enum ProfilesCommand {
    static func check(_ call: Invocation) async throws -> ExitCode {
        let keys = try call.arguments.all("--key").map { text throws(BlankettError) in
            guard let key = PublicKey(text) else {
                throw BlankettError(
                    "wrong-usage", exit: .badInput, "“\(text)” is no public key.",
                    advice: "Write what blankett profiles key printed: ed25519: and 44 characters.")
            }
            return key
        }
        var isGood = true
        for path in call.arguments.operands {
            do throws(DeviceProfileProblems) {
                let entry = try DeviceProfileStore.entry(try upload(path), trusted: keys)
                let count = entry.file.devices.count
                let signer = entry.signer.map { "; \(Words(en: "signed by", sv: "signerad av")[call.language]) \($0)" }
                call.console.print(
                    "\(path): \(entry.file.maker), \(Self.devices(count)[call.language])\(signer ?? "")")
            } catch {
                isGood = false
                call.console.note(error.description)
            }
        }
        return isGood ? .done : .badInput
    }

    static func load(_ call: Invocation) async throws -> ExitCode {
        // What cannot even be read is told with its place here; the agent checks the rest again by itself.
        var problems: [FileProblem] = []
        let uploads = call.arguments.operands.compactMap { path -> DeviceProfileStore.Upload? in
            do throws(DeviceProfileProblems) {
                let upload = try upload(path)
                _ = try DeviceProfileFile(upload.contents, file: upload.name)
                return upload
            } catch {
                problems += error.problems
                return nil
            }
        }
        guard problems.isEmpty else {
            call.console.note(DeviceProfileProblems(problems: problems).description)
            return .badInput
        }
        let loaded: [ProfilesView.File]
        if AgentConnection.isExpected(call) {
            loaded = try await AgentConnection(call).load(uploads)
        } else {
            do {
                loaded = try await call.profileStore().load(uploads).map(ProfilesView.File.init)
            } catch let error as DeviceProfileProblems {
                call.console.note(error.description)
                return .badInput
            }
            call.console.note(noAgent[call.language])
        }
        if call.wantsJSON {
            try call.printJSON(loaded)
        } else {
            for file in loaded { call.console.print(ProfileTable.line(file, call.language)) }
        }
        return .done
    }

    static func list(_ call: Invocation) async throws -> ExitCode {
        let view: ProfilesView
        if AgentConnection.isExpected(call) {
            view = try await AgentConnection(call).profiles()
        } else {
            let store = call.profileStore()
            view = ProfilesView(
                devices: [], files: await store.entries.map(ProfilesView.File.init),
                problems: await store.problems.map(\.description))
            if !call.wantsJSON { call.console.note(noAgent[call.language]) }
        }
        if call.wantsJSON {
            try call.printJSON(view)
        } else {
            for line in ProfileTable.lines(view, call.language) { call.console.print(line) }
            for problem in view.problems { call.console.note(problem) }
        }
        return view.problems.isEmpty ? .done : .partial
    }

    static func makeKey(_ call: Invocation) async throws -> ExitCode {
        let file = URL(filePath: call.arguments["--out"] ?? "")
        let key = try SigningKey(creating: file)
        call.console.print("\(key.publicKey)")
        call.console.note(
            Words(
                en:
                    "The secret half is in \(file.lastPathComponent). Write the line above into profileKeys of agent.json5.",
                sv:
                    "Den hemliga halvan ligger i \(file.lastPathComponent). Skriv raden ovan i profileKeys i agent.json5."
            )[call.language])
        return .done
    }

    static func sign(_ call: Invocation) async throws -> ExitCode {
        let key = try SigningKey(file: URL(filePath: call.arguments["--key"] ?? ""))
        var isGood = true
        for path in call.arguments.operands {
            do throws(DeviceProfileProblems) {
                // Nothing is signed that no station would take.
                var upload = try upload(path)
                upload.signature = nil
                _ = try DeviceProfileStore.entry(upload, trusted: [])
                let signature = key.sign(upload.contents, for: DeviceProfileFile.formatName)
                let file = FileSignature.url(beside: URL(filePath: path))
                do {
                    try DurableFile.write(try JSONCoding.encode(signature), to: file, permissions: 0o644)
                } catch {
                    throw DeviceProfileProblems(problems: [
                        FileProblem(
                            file: file.lastPathComponent, message: "The signature cannot be written.",
                            advice: "Check the folder's rights and the space on the disk.")
                    ])
                }
                call.console.print(path + ".sig")
            } catch {
                isGood = false
                call.console.note(error.description)
            }
        }
        return isGood ? .done : .badInput
    }

    private static func upload(_ path: String) throws(DeviceProfileProblems) -> DeviceProfileStore.Upload {
        do throws(PlainFile.Refusal) {
            return try DeviceProfileStore.Upload(file: URL(filePath: path))
        } catch {
            throw DeviceProfileProblems(error, file: path)
        }
    }

    private static let noAgent = Words(
        en: "No agent runs here: this is about this user's own commands.",
        sv: "Ingen agent är igång här: det här gäller den här användarens egna kommandon.")

    private static func devices(_ count: Int) -> Words {
        Words(en: count == 1 ? "1 device" : "\(count) devices", sv: count == 1 ? "1 enhet" : "\(count) enheter")
    }
}

extension AgentConnection {
    func profiles() async throws -> ProfilesView {
        try JSONCoding.decode(from: try JSONCoding.encode(try await get("/profiles")))
    }

    func load(_ uploads: [DeviceProfileStore.Upload]) async throws -> [ProfilesView.File] {
        struct Answer: Decodable {
            var loaded: [ProfilesView.File]
        }
        let body: JSONValue = try JSONCoding.decode(from: try JSONCoding.encode(["files": uploads]))
        let answer: Answer = try JSONCoding.decode(from: try JSONCoding.encode(try await post("/profiles", body)))
        return answer.loaded
    }
}
