import Foundation
import Scanning
import Sealing
import Support
import TestSupport
import Testing

private func profile(version: Int = 1, resolution: Int = 300, device: String = "Acme 1") -> [UInt8] {
    Array(
        """
        { format: "blankett-device/1", maker: "Acme",
          devices: [{ name: "\(device)", version: \(version), match: { model: "^Acme" }, connection: ["escl"],
            profiles: { "form-a4": { source: "feeder", resolution: \(resolution) } } }] }
        """.utf8)
}

@Suite(.temporaryDirectory)
struct `The profiles in force` {
    private func makeStore(trusting keys: [PublicKey] = []) -> DeviceProfileStore {
        DeviceProfileStore(
            storeFile: TemporaryDirectory.url.appending(path: "profiles.json"),
            folders: [TemporaryDirectory.url.appending(path: "folder")], trusted: keys)
    }

    private func makeKey(_ name: String) throws -> SigningKey {
        try SigningKey(creating: TemporaryDirectory.url.appending(path: name))
    }

    private func signed(_ contents: [UInt8], by key: SigningKey, for purpose: String = "blankett-device/1") throws
        -> DeviceProfileStore.Upload
    {
        .init(
            name: "acme.json5", contents: contents,
            signature: try JSONCoding.encode(key.sign(contents, for: purpose)))
    }

    private func unsigned(_ contents: [UInt8]) -> DeviceProfileStore.Upload {
        .init(name: "acme.json5", contents: contents)
    }

    @Test func `are loaded, and are there after a restart`() async throws {
        let store = makeStore()
        let loaded = try await store.load([unsigned(profile())])
        #expect(loaded.map(\.signer) == [nil])
        #expect(await store.library.devices.map(\.name) == ["Acme 1"])
        let again = makeStore()
        #expect(await again.library.devices.map(\.version) == [1])
        #expect(await again.problems.isEmpty)
    }

    /// What was loaded first, what comes then, and a word of the reason against it; `nil` where it is taken.
    static let versions: [(first: [UInt8], then: [UInt8], says: String?)] = [
        (profile(version: 2), profile(version: 3), nil),
        (profile(version: 2), profile(version: 2), nil),
        (profile(version: 2), profile(version: 1), #"acme.json5:2: devices[0].version: "Acme 1" has version 1"#),
        (profile(version: 2), profile(version: 2, resolution: 200), "was changed, and still has version 2"),
        (profile(version: 1), profile(version: 1, device: "Acme 2"), nil),
    ]

    @Test(arguments: versions.indices) func `only rise in their versions`(_ index: Int) async throws {
        let (first, then, says) = Self.versions[index]
        let store = makeStore()
        _ = try await store.load([unsigned(first)])
        let before = await store.library
        if let says {
            let error = await #expect(throws: DeviceProfileProblems.self) { try await store.load([unsigned(then)]) }
            #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
            #expect(await store.library == before)
        } else {
            _ = try await store.load([unsigned(then)])
        }
    }

    @Test func `remember a version whose file was replaced by another`() async throws {
        let store = makeStore()
        _ = try await store.load([unsigned(profile(version: 5))])
        _ = try await store.load([unsigned(profile(device: "Acme 2"))])
        await #expect(throws: DeviceProfileProblems.self) { try await store.load([unsigned(profile(version: 4))]) }
        let again = makeStore()
        await #expect(throws: DeviceProfileProblems.self) { try await again.load([unsigned(profile(version: 4))]) }
    }

    @Test func `are all loaded, or none`() async throws {
        let store = makeStore()
        await #expect(throws: DeviceProfileProblems.self) {
            try await store.load([unsigned(profile()), .init(name: "b.json5", contents: Array("{".utf8))])
        }
        #expect(await store.library.devices.isEmpty)
        #expect(await makeStore().library.devices.isEmpty)
    }

    @Test func `must be signed by a trusted key, and two are trusted while one is changed`() async throws {
        let (old, new, foreign) = (try makeKey("old"), try makeKey("new"), try makeKey("foreign"))
        let store = makeStore(trusting: [old.publicKey, new.publicKey])
        let loaded = try await store.load([try signed(profile(version: 1), by: old)])
        #expect(loaded.first?.signer == old.publicKey)
        _ = try await store.load([try signed(profile(version: 2), by: new)])

        var changed = try signed(profile(version: 3), by: new)
        changed.contents = profile(version: 3, resolution: 200)
        let refused: [(upload: DeviceProfileStore.Upload, says: String)] = [
            (unsigned(profile(version: 3)), "not signed"), (changed, "does not belong to this file"),
            (try signed(profile(version: 3), by: foreign), "not trusted here"),
            (try signed(profile(version: 3), by: new, for: "blankett-form/1"), "does not belong to this file"),
            (.init(name: "acme.json5", contents: profile(version: 3), signature: Array("x".utf8)), "is none"),
        ]
        for (upload, says) in refused {
            let error = await #expect(throws: DeviceProfileProblems.self) { try await store.load([upload]) }
            #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
        }
        #expect(await store.library.devices.map(\.version) == [2])
    }

    @Test func `leave out what nobody has signed, and say so`() async throws {
        let key = try makeKey("key")
        let folder = TemporaryDirectory.url.appending(path: "folder")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(profile()).write(to: folder.appending(path: "acme.json5"))
        let contents = profile(device: "Acme 2")
        try Data(contents).write(to: folder.appending(path: "b.json5"))
        try Data(JSONCoding.encode(key.sign(contents, for: DeviceProfileFile.formatName)))
            .write(to: folder.appending(path: "b.json5.sig"))
        let store = makeStore(trusting: [key.publicKey])
        #expect(await store.library.devices.map(\.name) == ["Acme 2"])
        #expect(await store.problems.map(\.file) == ["acme.json5"])
        // Without keys both count.
        #expect(await makeStore().library.devices.count == 2)
    }

    @Test func `prefer the newer of two with the same name`() async throws {
        let folder = TemporaryDirectory.url.appending(path: "folder")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let store = makeStore()
        _ = try await store.load([unsigned(profile(version: 2))])
        try Data(profile(version: 3, resolution: 200)).write(to: folder.appending(path: "acme.json5"))
        #expect(await makeStore().library.devices.map(\.version) == [3])
    }

    /// A file that is no profile, made in the test's folder, and words of the reason.
    static let bad: [(name: String, make: @Sendable (URL) throws -> Void, says: String)] = [
        ("noise.json5", { try Data(repeating: 0x2A, count: 10 << 20).write(to: $0) }, "10485760 bytes"),
        ("latin.json5", { try Data([0x7B, 0xE5, 0x7D]).write(to: $0) }, "not UTF-8"),
        (
            "deep.json5", { try Data(String(repeating: "[", count: 100_000).utf8).write(to: $0) },
            "deep.json5:1: The file is not JSON5: it is nested too deep"
        ),
        (
            "keys.json5",
            { try Data("{ \((0..<50_000).map { "k\($0): 1" }.joined(separator: ", ")) }".utf8).write(to: $0) },
            "Unknown key"
        ),
        ("empty.json5", { try Data().write(to: $0) }, "a value is missing"),
        (
            "folder.json5", { try FileManager.default.createDirectory(at: $0, withIntermediateDirectories: true) },
            "no plain file"
        ),
        (
            "link.json5",
            { try FileManager.default.createSymbolicLink(at: $0, withDestinationURL: URL(filePath: "/etc/hostname")) },
            "symbolic link"
        ),
        ("pipe.json5", { mkfifo($0.path(), 0o600) }, "no plain file"),
        ("absent.json5", { _ in }, "No such file"),
    ]

    @Test(arguments: bad.indices) func `are never made of`(_ index: Int) throws {
        let (name, make, says) = Self.bad[index]
        let url = TemporaryDirectory.url.appending(path: name)
        try make(url)
        let problems = #expect(throws: DeviceProfileProblems.self) { try DeviceProfileFile(contentsOf: url) }
        #expect(problems?.description.contains(says) == true, "\(problems?.description.prefix(400) ?? "")")
        #expect(problems?.problems.count ?? 0 <= 100)
    }

    static let names = ["../acme.json5", "acme.json", ".json5", "a/b.json5", "", String(repeating: "a", count: 200)]

    @Test(arguments: names) func `have names that lead nowhere else`(_ name: String) async {
        let store = makeStore()
        await #expect(throws: DeviceProfileProblems.self) {
            try await store.load([.init(name: name, contents: profile())])
        }
    }
}
