import Foundation
import Sealing
import Support
import Testing
import TestSupport

@Suite(.temporaryDirectory) struct `Sealing` {
    @Test(arguments: [0, 1, 2048, 1_000_000]) func `gives back what was sealed`(_ count: Int) throws {
        let key = SealingKey()
        let bytes = SecureRandom.bytes(count)
        let sealed = key.seal(bytes, context: "record:1")
        #expect(try key.open(sealed, context: "record:1") == bytes)
        #expect(key.seal(bytes, context: "record:1") != sealed)
    }

    @Test func `notices another key, another context and each changed bit`() throws {
        let key = SealingKey()
        let sealed = key.seal(Array("secret".utf8), context: "a")
        #expect(throws: BlankettError.self) { try SealingKey().open(sealed, context: "a") }
        #expect(throws: BlankettError.self) { try key.open(sealed, context: "b") }
        #expect(throws: BlankettError.self) { try key.open([], context: "a") }
        for bit in 0..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: BlankettError.self) { try key.open(changed, context: "a") }
        }
    }

    @Test func `keeps its key in a file that only its owner reads`() throws {
        let file = TemporaryDirectory.url.appending(path: "key")
        let sealed = try SealingKey(file: file).seal([1, 2, 3], context: "")
        #expect(try SealingKey(file: file).open(sealed, context: "") == [1, 2, 3])
        #expect(try FileManager.default.attributesOfItem(atPath: file.path())[.posixPermissions] as? Int == 0o600)
        chmod(file.path(), 0o640)
        #expect(#expect(throws: BlankettError.self) { try SealingKey(file: file) }?.code == "key-exposed")
        let missing = TemporaryDirectory.url.appending(path: "none")
        #expect(
            #expect(throws: BlankettError.self) { try SealingKey(file: missing, create: false) }?.code == "key-missing")
    }

    @Test func `hashes as FIPS 180-4 says, in one go and in pieces`() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(SHA256.hexadecimal(of: Array("abc".utf8)) == expected)
        var hash = SHA256()
        hash.update(Array("a".utf8))
        hash.update([])
        hash.update(Array("bc".utf8))
        #expect(hash.finish().hexadecimal == expected)
    }

    @Test func `stores a blob once, sealed, under its hash`() throws {
        let folder = try BlobFolder(TemporaryDirectory.url.appending(path: "blobs"), sealer: SealingKey())
        let bytes = Array("a page".utf8)
        let name = SHA256.hexadecimal(of: bytes)
        #expect(try folder.store(bytes, name: name))
        #expect(try !folder.store(bytes, name: name))
        #expect(try folder.read(name) == bytes)
        let file = folder.url.appending(path: "\(name.prefix(2))/\(name)")
        #expect(try !Data(contentsOf: file).contains(Data(bytes)))
        #expect(
            #expect(throws: BlankettError.self) {
                try folder.store(bytes, name: String(repeating: "0", count: 64))
            }?.code == "hash-mismatch")
        #expect(try folder.names(storedBefore: .distantFuture) == [name])
        try folder.remove(name)
        #expect(try folder.read(name) == nil)
    }
}
