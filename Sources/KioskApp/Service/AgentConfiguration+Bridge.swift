import AgentApp
import Foundation
import HTTP
import HTTPClient
import Support

extension AgentConfiguration.Bridge {
    // The station's certificate is shown where neither token nor other certificate is set.
    func client(_ identity: StationIdentity) throws -> BridgeClient {
        var trust = TLSTrust()
        if let pin {
            guard let pin = PublicKeyPin(pin) else {
                throw BlankettError(
                    "configuration-broken", exit: .badInput, "The bridge's pin is none.",
                    advice: "Write sha256// and 44 characters.")
            }
            trust.server = .pinned(pin)
        } else if let authorities {
            trust.server = .authorities(file: authorities.path())
        }
        if let certificate, let key {
            trust.identity = .init(certificateFile: certificate.path(), keyFile: key.path())
        }
        let token = try tokenFile.map { file in
            guard let text = try? String(contentsOf: file, encoding: .utf8) else {
                throw BlankettError(
                    "token-missing", exit: .badInput,
                    "The bridge's token file \(file.lastPathComponent) cannot be read.",
                    advice: "Make a token with blankett-bridge token agent, and put it there.")
            }
            return text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let transport: any HTTPTransport =
            usesIdentity ? IdentityTransport(trust: trust, identity: identity.file) : CurlTransport(trust: trust)
        return BridgeClient(transport: transport, url: url, token: token)
    }
}
