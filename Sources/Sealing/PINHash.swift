import CSodium
public import Support

/// PINs as they are kept: Argon2id, which makes each guess dear to who has the file.
public enum PINHash {
    // OWASP's Password Storage Cheat Sheet, Argon2id: 19 MiB and two passes. A station has little memory to spare.
    private static let memory = 19 << 20
    private static let passes: UInt64 = 2

    /// - Parameter pin: As it was typed.
    /// - Returns: Text with salt and costs in it.
    /// - Throws: ``BlankettError`` `out-of-memory`.
    public static func make(_ pin: String) throws(BlankettError) -> String {
        Sodium.require()
        var text = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
        guard crypto_pwhash_str(&text, pin, UInt64(pin.utf8.count), passes, memory) == 0 else {
            throw BlankettError(
                "out-of-memory", exit: .fault, "There is not enough memory to check a PIN.", isTransient: true)
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether the PIN is the one that `hash` was made of.
    public static func matches(_ pin: String, _ hash: String) -> Bool {
        Sodium.require()
        // The library reads a buffer of a fixed size.
        var text = hash.utf8.map { CChar(bitPattern: $0) }
        guard text.count < Int(crypto_pwhash_STRBYTES) else { return false }
        text += [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES) - text.count)
        return crypto_pwhash_str_verify(text, pin, UInt64(pin.utf8.count)) == 0
    }
}
